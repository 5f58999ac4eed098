import { expect, test } from 'vitest';
import { daysBetween, endOfMonth, judged, monthAfter, plusDays, readDay, sameDayAfter, weeksOf, within } from './days';

test('every way to write a day is read as the same day', () => {
  for (const text of ['2026-12-07', '07.12.2026', '7.12.2026', '07-12-2026', '7/12/2026', ' 7. 12. 2026 ']) {
    expect(readDay(text), text).toBe('2026-12-07');
  }
});

test('a day without a year is the nearest one', () => {
  expect(readDay('7.12.', '2026-11-23')).toBe('2026-12-07');
  expect(readDay('3/1', '2026-11-23')).toBe('2027-01-03');
  expect(readDay('7.12.26', '2026-11-23')).toBe('2026-12-07');
  expect(readDay('7.12.')).toBeNull();
});

test('a day that no calendar has is none', () => {
  for (const text of ['31.02.2026', '2026-13-01', 'tomorrow', '11/23/2026', '']) expect(readDay(text), text).toBeNull();
});

test('days are counted over months, leap years and the change of the clocks', () => {
  expect(plusDays('2026-11-23', 14)).toBe('2026-12-07');
  expect(plusDays('2028-02-28', 1)).toBe('2028-02-29');
  expect(daysBetween('2026-10-24', '2026-10-26')).toBe(2);
  expect(endOfMonth('2028-02-03')).toBe('2028-02-29');
  expect(monthAfter('2026-12-31', 1)).toBe('2027-01-01');
});

test('a month is shown in whole weeks from Monday', () => {
  const weeks = weeksOf('2026-11-15');
  expect(weeks[0]?.[0]).toBe('2026-10-26');
  expect(weeks.at(-1)?.[6]).toBe('2026-12-06');
  expect(weeks.flat()).toHaveLength(42);
});

test('the same day of another month, or the last one of a shorter month', () => {
  expect(sameDayAfter('2026-11-23', 1)).toBe('2026-12-23');
  expect(sameDayAfter('2026-12-31', 2)).toBe('2027-02-28');
  expect(sameDayAfter('2028-03-31', -1)).toBe('2028-02-29');
  expect(sameDayAfter('2028-02-29', 12)).toBe('2029-02-28');
});

test('a day outside of what is allowed becomes the nearest that is', () => {
  expect(within('2026-11-23', '2026-11-24')).toBe('2026-11-24');
  expect(within('2026-11-23', undefined, '2026-11-22')).toBe('2026-11-22');
  expect(within('2026-11-23', '2026-11-23', '2026-11-23')).toBe('2026-11-23');
  expect(within('2026-11-23')).toBe('2026-11-23');
});

test('a typed day outside of what is allowed is none, and says on which side it lies', () => {
  const judge = (text: string) => judged(text, '2026-11-23', '2026-11-23', '2026-12-31');
  expect(judge('7/12')).toEqual({ day: '2026-12-07', wrong: null });
  expect(judge('23.11.2026').day).toBe('2026-11-23');
  expect(judge('22.11.2026')).toEqual({ day: null, wrong: 'too_early' });
  expect(judge('1.1.2027')).toEqual({ day: null, wrong: 'too_late' });
  expect(judge('31.11.')).toEqual({ day: null, wrong: 'unreadable' });
  expect(judge('  ')).toEqual({ day: null, wrong: null });
});
