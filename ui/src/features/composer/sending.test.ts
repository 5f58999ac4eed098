import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DraftSave } from '../../bridge/generated';
import { Draft } from './draft.svelte';
import { Held } from './held.svelte';
import { Sending } from './sending.svelte';
import { Core, draftView, form, invoiceView, problem, soon } from './testing';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function open(read = {}) {
  const core = new Core();
  const draft = new Draft(core.call, draftView(1, form(), read), 'DK', () => '2026-11-23');
  return { core, draft, sending: new Sending(core.call, draft) };
}

test('a double click sends once', async () => {
  const { core, sending } = open();
  const first = sending.send('phone');
  const second = sending.send('phone');
  await soon();
  expect(await second).toBeNull();
  expect(core.names).toEqual(['draft_send']);
  await core.last.answer(invoiceView(null));
  expect((await first)?.row.id).toBe('i1');
});

test('what is sent is what was saved, with its revision', async () => {
  const { core, draft, sending } = open();
  draft.fields.comment = 'sidste ord';
  draft.changed();
  void sending.send('link');
  await soon();
  expect(core.names).toEqual(['draft_save']);
  await core.last.answer(draftView(2, (core.last.input as DraftSave).form));
  expect(core.last).toMatchObject({ name: 'draft_send', input: { id: 'd1', revision: 2, channel: 'link' } });
});

test('with a problem nothing is sent and every problem is shown', async () => {
  const { core, draft, sending } = open({ problems: [problem('lines', 'no_lines')] });
  expect(await sending.send('phone')).toBeNull();
  expect(core.asked).toHaveLength(0);
  expect(draft.asked).toBe('phone');
  expect(sending.summary).toHaveLength(1);
});

test('a missing phone number does not hinder a link', async () => {
  const missing = { ...problem('recipient.phone', 'phone_missing'), channel: 'phone' as const };
  const { core, draft, sending } = open({ problems: [missing] });
  expect(draft.besides('recipient.phone').problems).toEqual([]);
  expect(await sending.send('phone')).toBeNull();
  expect(draft.besides('recipient.phone').problems).toHaveLength(1);
  void sending.send('link');
  await soon();
  expect(core.names).toEqual(['draft_send']);
});

test('when saving fails nothing is sent', async () => {
  const { core, draft, sending } = open();
  draft.changed();
  const sent = sending.send('phone');
  await soon();
  await core.last.refuse('books_not_writable');
  expect(await sent).toBeNull();
  expect(core.names).toEqual(['draft_save']);
  expect(sending.failure?.code).toBe('books_not_writable');
});

test('a refused draft is read again, and its problems are shown', async () => {
  const { core, draft, sending } = open();
  const sent = sending.send('phone');
  await soon();
  await core.last.refuse('not_sendable');
  await core.last.answer(draftView(1, form(), { problems: [problem('dueDate', 'due_date_in_past')] }));
  expect(await sent).toBeNull();
  expect(draft.asked).toBe('phone');
  expect(sending.summary[0]?.box).toBe('dueDate');
});

test('a sent draft is not saved again', async () => {
  const { core, draft, sending } = open();
  const sent = sending.send('phone');
  await soon();
  draft.changed();
  await core.last.answer(invoiceView(null));
  await sent;
  await vi.advanceTimersByTimeAsync(2000);
  expect(core.names).toEqual(['draft_send']);
});

const START = Date.parse('2026-11-23T10:00:00Z');

test('the seconds to take it back are counted down, and then it is gone', async () => {
  vi.setSystemTime(START);
  const core = new Core();
  const held = new Held(core.call, invoiceView('2026-11-23T10:00:05Z'), () => Date.now());
  expect(held.seconds).toBe(5);
  await vi.advanceTimersByTimeAsync(3200);
  expect(held.seconds).toBe(2);
  await vi.advanceTimersByTimeAsync(2000);
  expect(held.state).toBe('gone');
  expect(await held.undo()).toBeNull();
  expect(core.asked).toHaveLength(0);
});

test('taking it back asks once and gives the draft', async () => {
  vi.setSystemTime(START);
  const core = new Core();
  const held = new Held(core.call, invoiceView('2026-11-23T10:00:05Z'), () => Date.now());
  const undone = held.undo();
  expect(await held.undo()).toBeNull();
  await core.last.answer(draftView(3, form()));
  expect((await undone)?.revision).toBe(3);
  expect(core.names).toEqual(['invoice_undo']);
});

test('too late is said, not hidden', async () => {
  vi.setSystemTime(START);
  const core = new Core();
  const held = new Held(core.call, invoiceView('2026-11-23T10:00:05Z'), () => Date.now());
  const undone = held.undo();
  await core.last.refuse('too_late_to_undo');
  expect(await undone).toBeNull();
  expect(held.failure?.code).toBe('too_late_to_undo');
});
