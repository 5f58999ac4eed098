import { expect, test } from 'vitest';
import { shownAmount, shownDate, shownMoney, speak } from '.';

test('amounts are written as in the country of the money, whatever the window speaks', () => {
  speak('en');
  expect(shownMoney({ minor: 6_431_050, currency: 'DKK' })).toBe('64.310,50\u00a0kr.');
  expect(shownMoney({ minor: 123_456, currency: 'EUR' }).replace(/\s/g, ' ')).toBe('1 234,56 €');
});

test('cents are exact at every size, also below zero', () => {
  expect(shownAmount({ minor: 0, currency: 'DKK' })).toBe('0,00');
  expect(shownAmount({ minor: 5, currency: 'DKK' })).toBe('0,05');
  expect(shownAmount({ minor: -1_205, currency: 'DKK' })).toBe('\u221212,05');
  expect(shownAmount({ minor: 9_007_199_254_740_991, currency: 'DKK' })).toBe('90.071.992.547.409,91');
});

test('a date of this year goes without it', () => {
  expect(shownDate('2026-12-04', '2026-11-23')).toBe('04.12.');
  expect(shownDate('2027-01-04', '2026-11-23')).toBe('04.01.2027');
  expect(shownDate('2026-12-04')).toBe('04.12.2026');
  expect(shownDate('')).toBe('');
});
