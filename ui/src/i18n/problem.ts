/**
 * What a problem says, in the window's language, with its dates and amounts as the merchant's country writes them.
 *
 * Total by type: a problem without words does not compile.
 */
import type { CountryCode, CurrencyCode, ProblemView } from '../bridge/generated';
import { PRICE, shownDay, shownDecimal, shownRate } from './figures';
import { t } from './speech.svelte';

const CURRENCY: Record<CountryCode, CurrencyCode> = { DK: 'DKK', FI: 'EUR' };
const SIGN: Record<CurrencyCode, string> = { DKK: 'kr.', EUR: '€' };
const PHONE: Record<CountryCode, string> = { DK: '31 12 23 34', FI: '040 123 4567' };

/** The sentence of `problem`. `typed` is what its box holds, where the sentence quotes a part of it. */
export function sentenceOfProblem(problem: ProblemView, country: CountryCode, typed = ''): string {
  const { params } = problem;
  const day = (name: string): string => shownDay(params[name] ?? '', country);
  switch (problem.code) {
    case 'due_date_in_past':
    case 'issue_date_in_future':
      return t(`problem.${problem.code}`, { today: day('today') });
    case 'due_date_too_far':
      return t('problem.due_date_too_far', { latest: day('latest') });
    case 'total_above_limit':
      return t('problem.total_above_limit', { limit: amount(params.limit ?? '', country) });
    case 'vat_rate_unusual':
      return t('problem.vat_rate_unusual', { rate: shownRate(params.rate ?? '', country) });
    case 'vat_rate_fraction':
      return t('problem.vat_rate_fraction', { rate: shownRate(params.rate ?? '', country), meant: shownRate(params.meant ?? '', country) });
    case 'invoice_repeated':
      return t('problem.invoice_repeated', { number: params.number ?? '', day: shownDay((params.at ?? '').slice(0, 10), country) });
    case 'reference_cut_by_bank':
      return t('problem.reference_cut_by_bank', { ...params, cut: cut(typed, Number(params.shown)) });
    case 'phone_too_short':
    case 'phone_too_long':
      // Only Danish numbers have a fixed length.
      return t(`problem.${problem.code}${params.needed && country === 'DK' ? '_danish' : ''}`, params);
    case 'phone_unreadable':
      return t('problem.phone_unreadable', { example: PHONE[country] });
    default:
      return t(`problem.${problem.code}`, params);
  }
}

function amount(decimal: string, country: CountryCode): string {
  return `${shownDecimal(decimal, country, PRICE).replace(/,00$/, '')}\u00a0${SIGN[CURRENCY[country]]}`;
}

function cut(typed: string, length: number): string {
  return [...typed.trim()].slice(0, length).join('');
}
