/**
 * Numbers and days as the merchant's country writes them, for boxes that show how they were read.
 *
 * The language of the window does not matter here: a Dane who reads English still writes `1.234,50` (an invoice belongs
 * to a country). Deliberately absent: reading numbers. Only the core reads them, so that there is one meaning.
 */
import type { CountryCode, MoneyView } from '../bridge/generated';

const SEPARATORS: Record<CountryCode, { group: string; decimal: string }> = {
  DK: { group: '.', decimal: ',' },
  // Finnish groups are kept together by a no-break space, as ICU writes them.
  FI: { group: '\u00a0', decimal: ',' },
};

/** Decimals and grouping of one kind of box. */
export interface FigureStyle {
  /** Fewest decimals shown. */
  least: number;
  /** Whether thousands are grouped. */
  grouped: boolean;
}

/** Prices and amounts: `1.234,50`. */
export const PRICE: FigureStyle = { least: 2, grouped: true };
/** Quantities and percentages: `1234`, `1,5`. Ungrouped, because `1.234` pieces could be read twice. */
export const COUNT: FigureStyle = { least: 0, grouped: false };

/**
 * `decimal` (digits with a dot, from the core) as the country writes it.
 *
 * The result always reads back as the same number: exactly three decimals after an ungrouped whole part would look like
 * thousands, so a zero is added (`1,2340`).
 */
export function shownDecimal(decimal: string, country: CountryCode, style: FigureStyle): string {
  const plain = shownMeaning(decimal, country, style);
  return /^[\u2212]?[1-9]\d{0,2},\d{3}$/.test(plain) ? `${plain}0` : plain;
}

/** `decimal` as the country writes it, for reading only: put into a box it might be read otherwise (`1,234`). */
export function shownMeaning(decimal: string, country: CountryCode, style: FigureStyle): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal.trim());
  if (!match) return decimal;
  const [, sign = '', whole = '0', given = ''] = match;
  const { group, decimal: comma } = SEPARATORS[country];
  const decimals = given.replace(/0+$/, '').padEnd(style.least, '0');
  const grouped = style.grouped ? whole.replace(/\B(?=(\d{3})+$)/g, group) : whole;
  return (sign ? '\u2212' : '') + grouped + (decimals ? comma + decimals : '');
}

/** An exact amount without its currency: `1.234,50`. */
export function shownAmount(money: MoneyView, country: CountryCode): string {
  const sign = money.minor < 0 ? '-' : '';
  const digits = String(Math.abs(money.minor)).padStart(3, '0');
  return shownDecimal(`${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`, country, PRICE);
}

const SIGNS = { DKK: 'kr.', EUR: '€' } as const;

/** An exact amount with its currency: `1.234,50 kr.`. */
export function shownMoney(money: MoneyView, country: CountryCode): string {
  return `${shownAmount(money, country)}\u00a0${SIGNS[money.currency]}`;
}

/** A rate in percent as it may stand in a box: `25 %`. */
export function shownRate(rate: string, country: CountryCode): string {
  return `${shownDecimal(rate, country, COUNT)}\u00a0%`;
}

/** A day as the country writes it: `03.11.2026` in Denmark, `3.11.2026` in Finland. */
export function shownDay(iso: string, country: CountryCode): string {
  const [year = '', month = '', day = ''] = iso.split('-');
  return country === 'DK' ? `${day}.${month}.${year}` : `${Number(day)}.${Number(month)}.${year}`;
}
