import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DraftSave } from '../../bridge/generated';
import { boxOf } from './boxes';
import { Draft } from './draft.svelte';
import { PAUSE } from './saving.svelte';
import { Core, draftView, form, line, lineReading, problem } from './testing';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function open(typed = form(), read = {}) {
  const core = new Core();
  const draft = new Draft(core.call, draftView(1, typed, read), 'DK', () => '2026-11-23');
  return { core, draft };
}
const saved = (core: Core) => core.last.input as DraftSave;

test('an empty row waits at the end and is not saved', async () => {
  const { core, draft } = open();
  expect(draft.rows).toHaveLength(1);
  draft.rows[0]!.line.description = 'Slange';
  draft.changed();
  expect(draft.rows).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(PAUSE);
  expect(saved(core).form.lines.map((each) => each.description)).toEqual(['Slange']);
});

test('each save names the revision that the one before it made', async () => {
  const { core, draft } = open();
  draft.fields.comment = 'a';
  draft.changed();
  await vi.advanceTimersByTimeAsync(PAUSE);
  draft.fields.comment = 'ab';
  draft.changed();
  expect(core.asked).toHaveLength(1);
  await core.last.answer(draftView(2, saved(core).form));
  expect(core.asked).toHaveLength(2);
  expect(saved(core)).toMatchObject({ revision: 2, form: { comment: 'ab' } });
});

test('a number is shown as it was read once its box is left', async () => {
  const { core, draft } = open(form({ lines: [line({ unitPrice: '1' })] }));
  const { key, line: typed } = draft.rows[0]!;
  const box = boxOf(key, 'unitPrice');
  draft.entered(box);
  typed.unitPrice = '1234.50';
  draft.changed();
  await vi.advanceTimersByTimeAsync(PAUSE);
  await core.last.answer(draftView(2, saved(core).form, { lines: [lineReading({ unitPrice: '1234.5' })] }));
  expect(draft.rows[0]!.line.unitPrice).toBe('1234.50');
  draft.left(box);
  await vi.advanceTimersByTimeAsync(0);
  expect(draft.rows[0]!.line.unitPrice).toBe('1.234,50');
});

test('a late reading never overwrites what was typed after it', async () => {
  const { core, draft } = open(form({ lines: [line({ unitPrice: '1' })] }));
  const row = draft.rows[0]!;
  row.line.unitPrice = '12';
  draft.changed();
  draft.left(boxOf(row.key, 'unitPrice'));
  const first = core.last;
  draft.rows[0]!.line.unitPrice = '123';
  draft.changed();
  await first.answer(draftView(2, (first.input as DraftSave).form, { lines: [lineReading({ unitPrice: '12' })] }));
  expect(draft.rows[0]!.line.unitPrice).toBe('123');
});

test('an ambiguous number is asked about at once and settled by a click', async () => {
  const doubtful = problem('lines.0.unitPrice', 'number_ambiguous', {
    text: '1.234', as_thousands: '1234', as_decimal: '1.2340',
  });
  const { core, draft } = open(form({ lines: [line({ unitPrice: '1.234' })] }), { problems: [doubtful] });
  const { key } = draft.rows[0]!;
  expect(draft.besides(boxOf(key, 'unitPrice')).problems[0]?.problem.code).toBe('number_ambiguous');
  draft.settle(key, 'unitPrice', '1234');
  expect(draft.rows[0]!.line.unitPrice).toBe('1.234,00');
  expect(saved(core).form.lines[0]?.unitPrice).toBe('1.234,00');
  draft.settle(key, 'unitPrice', '1.2340');
  expect(draft.rows[0]!.line.unitPrice).toBe('1,2340');
});

test('a problem waits until its box was left or sending was tried', async () => {
  const { draft } = open(form(), { problems: [problem('dueDate', 'due_date_missing')] });
  expect(draft.besides('dueDate').problems).toEqual([]);
  draft.left('dueDate');
  expect(draft.besides('dueDate').problems).toHaveLength(1);
});

test('a problem stays with its row when a row above is taken away', async () => {
  const { draft } = open(form({ lines: [line({ description: 'a' }), line({ description: 'b' })] }), {
    problems: [problem('lines.1.unitPrice', 'price_missing')],
  });
  const [first, second] = draft.rows.map((row) => row.key);
  draft.asked = 'phone';
  draft.removeRow(first!);
  expect(draft.besides(boxOf(second!, 'unitPrice')).problems).toHaveLength(1);
});

test('a save whose answer was lost is recognised and nothing is asked', async () => {
  const { core, draft } = open();
  draft.fields.comment = 'hej';
  draft.changed();
  await vi.advanceTimersByTimeAsync(PAUSE);
  const typed = saved(core).form;
  await core.last.refuse('changed_meanwhile');
  expect(core.last.name).toBe('draft_show');
  await core.last.answer(draftView(2, typed));
  expect(draft.overtaken).toBeNull();
  expect(draft.revision).toBe(2);
  expect(draft.saving.state).toBe('saved');
});

test('somebody else’s change is shown, and what was typed can be put back', async () => {
  const { core, draft } = open();
  draft.fields.comment = 'mine';
  draft.changed();
  await vi.advanceTimersByTimeAsync(PAUSE);
  await core.last.refuse('changed_meanwhile');
  await core.last.answer(draftView(5, form({ comment: 'theirs' })));
  expect(draft.fields.comment).toBe('theirs');
  expect(draft.overtaken?.comment).toBe('mine');
  draft.putBack();
  await vi.advanceTimersByTimeAsync(0);
  expect(saved(core)).toMatchObject({ revision: 5, form: { comment: 'mine' } });
});

test('a day is written out as its country does when its box is left', () => {
  const { draft } = open();
  draft.fields.dueDate = '7.12.';
  draft.changed();
  draft.left('dueDate');
  expect(draft.fields.dueDate).toBe('07.12.2026');
});
