/** What a run says in one line. Total by type. */
import { t } from '../../i18n';
import type { Tone } from '../../kit';
import type { RowStateName, RunProgress } from '../../bridge/generated';

/** How far it is, in a few words. */
export function standing(progress: RunProgress): string {
  const { state, total, ready, sent, refused, unclear, waiting, onTheWay, failed } = progress;
  if (ready === total) return t('many.standing.ready', { total });
  if (state === 'paused') return t('many.standing.paused', { sent, total });
  if (waiting + onTheWay + failed > 0) return t('many.standing.running', { sent, total });
  if (refused + unclear + ready > 0) return t('many.standing.rest', { sent, total, rest: refused + unclear + ready });
  return t('many.standing.done', { total });
}

export const TONE: Record<RowStateName, Tone> = {
  ready: 'plain',
  waiting: 'plain',
  on_the_way: 'plain',
  sent: 'accent',
  refused: 'bad',
  unclear: 'warn',
  failed: 'warn',
  replaced: 'plain',
};
