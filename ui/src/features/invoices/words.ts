/** What the states and events of an invoice are called, and how they look. Total by type. */
import { shownDayLong, shownDayName, t } from '../../i18n';
import type { Tone } from '../../kit';
import type { ChannelName, InvoiceRow, StateName, TimelineEntry, TimelineWhat } from '../../bridge/generated';

const TONE: Record<StateName, Tone> = {
  held: 'plain',
  queued: 'plain',
  sending: 'plain',
  waiting: 'warn',
  in_doubt: 'warn',
  sent_id_unknown: 'warn',
  refused: 'bad',
  accepted: 'accent',
  created: 'accent',
  invalid: 'bad',
  scheduled: 'accent',
  paid: 'good',
  rejected: 'bad',
  expired: 'plain',
  canceled: 'plain',
  replaced: 'plain',
  unknown: 'warn',
};

/** The word of the state, and its colour. */
export function pillOf(row: InvoiceRow): { tone: Tone; text: string } {
  if (row.daysOverdue !== null && row.daysOverdue > 0) {
    return { tone: 'bad', text: t('invoices.overdue_by', { days: row.daysOverdue }) };
  }
  if (row.state === 'scheduled' && row.paymentDate) {
    return { tone: 'accent', text: t('invoices.scheduled_on', { day: shownDayName(row.paymentDate) }) };
  }
  if (row.state === 'created' && row.channel === 'link') return { tone: 'accent', text: t('invoices.link_ready') };
  return { tone: TONE[row.state], text: t(`state.${row.state}`) };
}

/** What the state means for the money, and what happens next. */
export function meaningOf(row: InvoiceRow): string {
  if (row.state === 'created') {
    return t(row.channel === 'phone' ? 'invoices.means_on_phone' : 'invoices.means_link', { day: shownDayLong(row.due) });
  }
  if (row.state === 'scheduled' && row.paymentDate) {
    return t('invoices.means_scheduled', { day: shownDayLong(row.paymentDate) });
  }
  return t(`state_means.${row.state}`);
}

/** What happened, or the same several times in a row. */
export interface Happened {
  entry: TimelineEntry;
  /** How often: attempts that did not get out, one after another, are told as one. */
  times: number;
  /** When it happened first, if it happened more than once. */
  since: string | null;
}

/** The timeline as it is read: attempts that reached nobody say the same each time. */
export function told(timeline: readonly TimelineEntry[]): Happened[] {
  const told: Happened[] = [];
  for (let at = 0; at < timeline.length; at += 1) {
    const entry = timeline[at]!;
    const answer = entry.what === 'attempted' ? timeline[at + 1] : undefined;
    if (answer?.what !== 'not_sent') {
      told.push({ entry, times: 1, since: null });
      continue;
    }
    at += 1;
    const before = told.at(-1);
    if (before?.entry.what === 'not_sent' && before.entry.status === answer.status) {
      told[told.length - 1] = { entry: answer, times: before.times + 1, since: before.since ?? before.entry.at };
    } else told.push({ entry: answer, times: 1, since: null });
  }
  return told;
}

/** What happened, in a few words. */
export function whatHappened(what: TimelineWhat, channel: ChannelName): string {
  if (what === 'created' && channel === 'link') return t('invoices.happened_link_ready');
  return t(`happened.${what}`);
}
