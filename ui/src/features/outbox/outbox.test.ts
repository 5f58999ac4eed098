import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { OutboxPage, OutboxRow } from '../../bridge/generated';
import { refusal, row } from '../invoices/testing';
import { PAGE, Queue } from './queue.svelte';
import { Settling } from './settling.svelte';

function waiting(number: number, told: Partial<OutboxRow> = {}): OutboxRow {
  const since = '2026-11-23T08:00:00Z';
  return { row: row(number), why: 'its_turn', since, nextTry: since, attempts: 0, upstream: null, ways: ['try_now'], ...told };
}

/** A core with this many waiting, that answers other commands by their function. */
function core(count: number, answers: Record<string, (input: never) => unknown> = {}, told: Partial<OutboxPage> = {}) {
  const asked: string[] = [];
  const call = (async (name: string, input: { after: number; limit: number }) => {
    asked.push(name);
    if (answers[name]) return answers[name](input as never);
    if (name === 'number_report') return { first: 1, last: count, count, next: count + 1, gaps: [] };
    const rows = Array.from({ length: count }, (_, index) => waiting(index + 1)).filter((one) => one.row.number > input.after);
    const page = rows.slice(0, input.limit);
    const next = rows.length > page.length ? page[page.length - 1]!.row.number : null;
    return { rows: page, next, total: count, numbered: count, nextNumber: count + 1, standstill: null, ...told };
  }) as unknown as Call;
  return { call, asked };
}

test('the outbox comes by pages, and what was asked for stays when it is read again', async () => {
  const queue = new Queue(core(120).call);
  await queue.read();
  expect([queue.rows.length, queue.total, queue.more]).toEqual([PAGE, 120, true]);
  await queue.further();
  await queue.further();
  await queue.read();
  expect([queue.rows.length, queue.more]).toEqual([120, false]);
});

test('the one that is to be settled is found on whatever page it is', async () => {
  const queue = new Queue(core(120).call);
  await queue.read();
  const last = row(120).id;
  expect(queue.rows.some((one) => one.row.id === last)).toBe(false);
  expect((await queue.find(last))?.row.number).toBe(120);
  expect(await queue.find('nobody')).toBeUndefined();
});

test('the report of the numbers is asked for when the page opens and when a number was given, not at each event', async () => {
  const told: Partial<OutboxPage> = {};
  const { call, asked } = core(2, {}, told);
  const reports = (): number => asked.filter((name) => name === 'number_report').length;
  const queue = new Queue(call);
  await queue.read();
  await queue.read();
  expect([reports(), queue.numbers?.count]).toEqual([1, 2]);
  Object.assign(told, { numbered: 3, nextNumber: 4 });
  await queue.read();
  await queue.read();
  expect(reports()).toBe(2);
  // One was taken back and another one sent meanwhile: as many as before, but there may be a gap now.
  told.nextNumber = 5;
  await queue.read();
  expect(reports()).toBe(3);
});

test('trying is done once for a double click, and what it came to is read', async () => {
  const { call, asked } = core(1, { outbox_try_now: () => ({ count: 1, at: null }) });
  const queue = new Queue(call);
  const [first, second] = await Promise.all([queue.tryNow('a'), queue.tryNow('a')]);
  expect([first?.count, second]).toEqual([1, null]);
  expect(asked.filter((name) => name === 'outbox_try_now')).toHaveLength(1);
  expect(queue.rows).toHaveLength(1);
});

test('a refusal is said beside what is read anew', async () => {
  const { call } = core(2, { outbox_try_all: () => Promise.reject(refusal('not_now')) });
  const queue = new Queue(call);
  expect(await queue.tryAll()).toBeNull();
  expect([queue.failure?.code, queue.rows.length, queue.doing]).toEqual(['not_now', 2, null]);
});

test('an id that is another invoice is said to be what it is, until another one is typed', async () => {
  let wrong: unknown = { what: 'other_number', found: '8' };
  const { call, asked } = core(0, { outbox_name_id: () => ({ wrong, invoice: null }) });
  const settling = new Settling(call, waiting(7));
  expect(await settling.name()).toBe(false);
  expect([settling.wrong?.what, asked]).toEqual(['unreadable', []]);
  settling.type('an id');
  expect(await settling.name()).toBe(false);
  expect(settling.wrong).toEqual({ what: 'other_number', found: '8' });
  settling.type('another');
  expect(settling.wrong).toBeNull();
  wrong = null;
  expect(await settling.name()).toBe(true);
});

test('a link that cannot be given up says why', async () => {
  const { call } = core(0, { outbox_give_up: () => Promise.reject(refusal('not_now')) });
  const settling = new Settling(call, waiting(7));
  expect(await settling.giveUp()).toBeNull();
  expect(settling.failure?.code).toBe('not_now');
});

test('ids of which MobilePay called are offered once each, the latest ones', async () => {
  const strays = ['', 'a', 'a', 'b', 'c', 'd', 'e', 'f'].map((serviceId) => ({ at: '', serviceId, state: 'Created', raw: '{}' }));
  const settling = new Settling(core(0, { callbacks_strays: () => ({ strays, total: 8 }) }).call, waiting(7));
  await settling.listen();
  expect(settling.heard).toEqual(['a', 'b', 'c', 'd', 'e']);
});
