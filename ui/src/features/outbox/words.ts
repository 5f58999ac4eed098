/** Why an invoice waits, in the merchant's words. Total by type. */
import { t } from '../../i18n';
import type { GapView, IdWrong, OutboxRow } from '../../bridge/generated';

/** What happened, and what it means for the customer and the money. */
export function reasonOf({ why, row }: OutboxRow): string {
  if (row.channel === 'link') {
    if (why === 'id_unknown') return t('outbox.why.link_lost');
    if (why === 'answer_lost' || why === 'interrupted') return t('outbox.why.link_in_doubt');
  }
  return t(`outbox.why.${why}`);
}

/** What does not fit about an id. */
export function wrongIdOf({ what, found }: IdWrong): string {
  const sentence = t(`outbox.wrong_id.${what}`);
  return found ? `${sentence} ${t('outbox.wrong_found', { found })}` : sentence;
}

/** `7`, or `7–12`. */
export function gapOf({ first, last }: GapView): string {
  return first === last ? String(first) : `${first}–${last}`;
}
