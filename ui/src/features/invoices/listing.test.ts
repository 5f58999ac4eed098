import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { InvoiceList, InvoiceQuery } from '../../bridge/generated';
import { Listing, PAGE } from './listing.svelte';
import { counts, refusal, row } from './testing';

/** A core with `total` invoices, numbered downwards from 1000, that keeps what it was asked. */
function core(total: number) {
  const asked: InvoiceQuery[] = [];
  const call = ((_name: string, query: InvoiceQuery) => {
    asked.push(query);
    const left = Math.max(0, Math.min(query.limit, total - query.offset));
    const rows = Array.from({ length: left }, (_, index) => row(1000 - query.offset - index));
    return Promise.resolve<InvoiceList>({ rows, total, counts: counts() });
  }) as unknown as Call;
  return { call, asked };
}

/** A core that answers when it is told to. */
function slowCore() {
  const waiting: Array<{ query: InvoiceQuery; answer: (list: InvoiceList) => void; refuse: (error: unknown) => void }> = [];
  const call = ((_name: string, query: InvoiceQuery) =>
    new Promise<InvoiceList>((answer, refuse) => waiting.push({ query, answer, refuse }))) as unknown as Call;
  return { call, waiting };
}

test('only the pages in sight are read', async () => {
  const { call, asked } = core(100_000);
  const listing = new Listing(call);
  await listing.look();
  listing.see(99_950, 99_980);
  await Promise.resolve();
  await Promise.resolve();
  expect(asked.map((query) => query.offset)).toEqual([0, 99_900]);
  expect(listing.total).toBe(100_000);
  expect(listing.rowAt(99_950)?.number).toBe(1000 - 99_950);
  expect(listing.rowAt(5_000)).toBeUndefined();
});

test('a page in sight is asked for once', async () => {
  const { call, waiting } = slowCore();
  const listing = new Listing(call);
  listing.see(0, 20);
  listing.see(3, 23);
  listing.see(90, 110);
  expect(waiting.map(({ query }) => query.offset)).toEqual([0, PAGE]);
});

test('an answer to an older question is dropped', async () => {
  const { call, waiting } = slowCore();
  const listing = new Listing(call);
  void listing.look();
  const looked = listing.choose('overdue');
  waiting[1]?.answer({ rows: [row(7)], total: 1, counts: counts() });
  await looked;
  waiting[0]?.answer({ rows: [row(1), row(2)], total: 2, counts: counts() });
  await Promise.resolve();
  expect(listing.total).toBe(1);
  expect(listing.rowAt(0)?.number).toBe(7);
});

test('rows stay in sight until their newer ones are here', async () => {
  const { call, waiting } = slowCore();
  const listing = new Listing(call);
  const looked = listing.look();
  waiting[0]?.answer({ rows: [row(1)], total: 1, counts: counts() });
  await looked;
  const refreshed = listing.refresh();
  expect(listing.rowAt(0)?.number).toBe(1);
  waiting[1]?.answer({ rows: [row(2), row(1)], total: 2, counts: counts() });
  await refreshed;
  expect(listing.rowAt(0)?.number).toBe(2);
});

test('a list that cannot be read says so and keeps what it had', async () => {
  const { call, waiting } = slowCore();
  const listing = new Listing(call);
  const looked = listing.look();
  waiting[0]?.answer({ rows: [row(1)], total: 1, counts: counts() });
  await looked;
  const refreshed = listing.refresh();
  waiting[1]?.refuse(refusal('books_in_use'));
  await refreshed;
  expect(listing.failure?.code).toBe('books_in_use');
  expect(listing.rowAt(0)?.number).toBe(1);
});

test('sorting by the same column turns it round; amounts begin with the largest, names with A', async () => {
  const { call, asked } = core(3);
  const listing = new Listing(call);
  await listing.sortBy('amount');
  await listing.sortBy('amount');
  await listing.sortBy('customer');
  expect(asked.map(({ sort, ascending }) => [sort, ascending])).toEqual([['amount', false], ['amount', true], ['customer', true]]);
});

test('an invoice is found among the rows that were read', async () => {
  const { call } = core(250);
  const listing = new Listing(call);
  await listing.look();
  expect(listing.indexOf('invoice-958')).toBe(42);
  expect(listing.indexOf('invoice-800')).toBe(-1);
});
