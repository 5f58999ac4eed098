import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { ReconciliationView } from '../../bridge/generated';
import { Book, ROWS } from './book.svelte';

const sum = { count: 0, amount: { minor: 0, currency: 'DKK' } } as const;
const VIEW: ReconciliationView = {
  first: '2026-11-01',
  last: '2026-11-23',
  fetchedAt: null,
  covered: false,
  paid: sum,
  matched: sum,
  unmatchedInvoices: sum,
  unmatchedPayments: sum,
  payouts: sum,
  others: sum,
  rows: [],
  total: 0,
};
const row = { day: '2026-11-23', invoice: null, amount: sum.amount, kind: 'Payment', reference: null, payout: null, by: null, reason: null };

function core(answers: Record<string, (input: never) => unknown>) {
  const asked: Array<[string, unknown]> = [];
  const call = (async (name: string, input: never) => {
    asked.push([name, input]);
    return answers[name]?.(input);
  }) as unknown as Call;
  return { call, asked };
}

test('it opens with this month and what does not match', async () => {
  const { call, asked } = core({ reconciliation_show: () => VIEW });
  const book = new Book(call, () => '2026-11-23');
  await book.read();
  expect(asked).toEqual([['reconciliation_show', { first: '2026-11-01', last: '2026-11-23', part: 'unmatched', offset: 0, limit: ROWS }]]);
});

test('a named period follows the merchant’s day, and a picked one stays', async () => {
  let today = '2026-11-23';
  const { call } = core({ reconciliation_show: () => VIEW });
  const book = new Book(call, () => today);
  today = '2026-12-02';
  await book.follow();
  expect(book.period).toEqual({ first: '2026-12-01', last: '2026-12-02' });
  await book.pick({ first: '2026-11-15' });
  today = '2026-12-03';
  await book.follow();
  expect(book.period).toEqual({ first: '2026-11-15', last: '2026-12-02' });
});

test('a period whose end lies before its beginning is not asked about', async () => {
  const { call, asked } = core({ reconciliation_show: () => VIEW });
  const book = new Book(call, () => '2026-11-23');
  await book.pick({ first: '2026-12-01' });
  expect(book.preset).toBe('own');
  expect(await book.fetch()).toBe(false);
  expect(asked).toEqual([]);
});

test('a double click fetches once, and why it was refused is kept', async () => {
  const { call, asked } = core({
    reconciliation_fetch: () => {
      throw { code: 'reporting_not_allowed', next: 'sign_in' };
    },
  });
  const book = new Book(call, () => '2026-11-23');
  await Promise.all([book.fetch(), book.fetch()]);
  expect(asked).toHaveLength(1);
  expect(book.failure?.next).toBe('sign_in');
  expect(book.doing).toBeNull();
});

test('more rows are added to those in sight', async () => {
  const { call } = core({
    reconciliation_show: ({ offset }: { offset: number }) => ({ ...VIEW, total: 300, rows: Array.from({ length: Math.min(ROWS, 300 - offset) }, () => row) }),
  });
  const book = new Book(call, () => '2026-11-23');
  await book.read();
  expect(book.view?.rows).toHaveLength(ROWS);
  await book.more();
  expect(book.view?.rows).toHaveLength(300);
});
