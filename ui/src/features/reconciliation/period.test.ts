import { expect, test } from 'vitest';
import { periodOf } from './period';

test('the month so far ends today, the one before ends with its last day', () => {
  expect(periodOf('this_month', '2026-11-23')).toEqual({ first: '2026-11-01', last: '2026-11-23' });
  expect(periodOf('last_month', '2026-11-23')).toEqual({ first: '2026-10-01', last: '2026-10-31' });
});

test('the month before January is December of the year before, and February has its own length', () => {
  expect(periodOf('last_month', '2027-01-05')).toEqual({ first: '2026-12-01', last: '2026-12-31' });
  expect(periodOf('last_month', '2028-03-31')).toEqual({ first: '2028-02-01', last: '2028-02-29' });
});
