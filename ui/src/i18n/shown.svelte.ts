/**
 * Amounts, days and times as they are read. Amounts and days follow the country of the money, not the language of the
 * window: a Danish merchant who reads English still writes 1.234,50 kr.
 */
import type { CurrencyCode, MoneyView } from '../bridge/generated';
import { locale } from './speech.svelte';

const MONEY: Record<CurrencyCode, { locale: string; sign: string }> = {
  DKK: { locale: 'da-DK', sign: 'kr.' },
  EUR: { locale: 'fi-FI', sign: '€' },
};

/** `1.234,50`, without its sign. */
export function shownAmount({ minor, currency }: MoneyView): string {
  // Built from whole units and cents: no amount goes through a binary fraction.
  const sign = minor < 0 ? '\u2212' : '';
  const whole = Math.trunc(Math.abs(minor) / 100).toLocaleString(MONEY[currency].locale);
  return `${sign}${whole},${String(Math.abs(minor) % 100).padStart(2, '0')}`;
}

/** `1.234,50 kr.` */
export function shownMoney(money: MoneyView): string {
  return `${shownAmount(money)}\u00a0${signOf(money)}`;
}

/** `kr.` or `€`. */
export function signOf({ currency }: MoneyView): string {
  return MONEY[currency].sign;
}

/** `20.11.2026`; of this year, as `today` says, `20.11.` */
export function shownDate(iso: string, today = ''): string {
  const [year, month, day] = iso.slice(0, 10).split('-');
  if (!year || !month || !day) return '';
  return `${day}.${month}.${year === today.slice(0, 4) ? '' : year}`;
}

/** `20 Nov`: for pills. */
export function shownDayName(iso: string): string {
  const day = new Date(`${iso.slice(0, 10)}T12:00:00Z`);
  return day.toLocaleDateString(locale(), { day: 'numeric', month: 'short', timeZone: 'UTC' });
}

/** `20 November`: where a full stop may follow. */
export function shownDayLong(iso: string): string {
  const day = new Date(`${iso.slice(0, 10)}T12:00:00Z`);
  return day.toLocaleDateString(locale(), { day: 'numeric', month: 'long', timeZone: 'UTC' });
}

/** `20 November 2026`: where the year may be another than the reader's. */
export function shownDayAndYear(iso: string): string {
  const day = new Date(`${iso.slice(0, 10)}T12:00:00Z`);
  return day.toLocaleDateString(locale(), { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
}

/** `20 Nov, 14:02:11`: a moment in the merchant's own day. */
export function shownMoment(timestamp: string): string {
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' };
  return new Date(timestamp).toLocaleString(locale(), options);
}

/** `1,234`: a count. */
export function shownCount(count: number): string {
  return count.toLocaleString(locale());
}
