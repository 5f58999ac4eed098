/** What the states and events of an invoice are called, and how they look. Total by type. */
import { shownDayLong, shownDayName, t } from '../../i18n';
import type { Tone } from '../../kit';
import type { ChannelName, InvoiceRow, StateName, TimelineWhat } from '../../bridge/generated';

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

/** What happened, in a few words. */
export function whatHappened(what: TimelineWhat, channel: ChannelName): string {
  if (what === 'created' && channel === 'link') return t('invoices.happened_link_ready');
  return t(`happened.${what}`);
}
