import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CustomerView } from '../../bridge/generated';
import { Core, problem, soon } from '../composer/testing';
import { Book } from './book.svelte';
import { begunWith, blank, Editor } from './editor.svelte';
import { Finder, PAUSE } from './finder.svelte';
import { Picker } from './picker.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function customer(id: string, name: string): CustomerView {
  return {
    id, name, phone: '', phoneShown: '', street: '', postalCode: '', city: '', email: '',
    language: null, defaultChannel: 'link', invoices: 0, practicePhone: false,
  };
}

test('an answer that comes late does not replace a newer one', async () => {
  const core = new Core();
  const finder = new Finder(core.call, 8);
  finder.type('m');
  await vi.advanceTimersByTimeAsync(PAUSE);
  finder.type('ma');
  await vi.advanceTimersByTimeAsync(PAUSE);
  const [first, second] = core.asked;
  await second?.answer({ customers: [customer('2', 'Mads')], total: 1 });
  await first?.answer({ customers: [customer('1', 'Mia')], total: 1 });
  expect(finder.found.map((each) => each.name)).toEqual(['Mads']);
  expect(finder.busy).toBe(false);
});

test('a new customer begins with what was looked for', () => {
  expect(begunWith(' Anna Holm ')).toEqual({ ...blank(), name: 'Anna Holm' });
  expect(begunWith('31 12 23 34')).toEqual({ ...blank(), phone: '31 12 23 34' });
  expect(begunWith('+358 40 123')).toEqual({ ...blank(), phone: '+358 40 123' });
});

test('what is wrong stands beside its box until that box is changed', async () => {
  const core = new Core();
  const editor = new Editor(core.call, { ...blank(), phone: '1234567' });
  const saved = editor.save();
  await core.last.answer({
    customer: null,
    problems: [problem('name', 'name_missing'), problem('phone', 'phone_too_short', { digits: '7', needed: '8' })],
  });
  expect(await saved).toBeNull();
  expect(editor.beside('phone')?.params.needed).toBe('8');
  editor.typed('phone');
  expect(editor.beside('phone')).toBeNull();
  expect(editor.beside('name')).not.toBeNull();
});

test('a double click saves a customer once', async () => {
  const core = new Core();
  const editor = new Editor(core.call, { ...blank(), name: 'Anna' });
  const first = editor.save();
  expect(await editor.save()).toBeNull();
  await core.last.answer({ customer: customer('7', 'Anna'), problems: [] });
  expect((await first)?.id).toBe('7');
  expect(core.names).toEqual(['customer_save']);
  expect(editor.changed).toBe(false);
});

test('what was typed in the pane is asked about before somebody else is shown', async () => {
  const core = new Core();
  const book = new Book(core.call);
  book.show(customer('1', 'Anna'));
  if (book.editor) book.editor.form.name = 'Anna Holm';
  book.show(customer('2', 'Bo'));
  expect(book.open).toBe('1');
  expect(book.waiting).not.toBeNull();
  book.goWithout();
  expect(book.open).toBe('2');
});

test('a customer who is only half written is finished before sending, never left out', async () => {
  const core = new Core();
  const recipient = { customerId: '', name: '', phone: '', address: { street: '', postalCode: '', city: '', extra: '' } };
  const chosen: string[] = [];
  const picker = new Picker(core.call, () => recipient, (who) => chosen.push(who.name));
  picker.type('Anna Holm');
  picker.leave();
  expect(await picker.settled()).toBe(false);
  expect(picker.editor?.form.name).toBe('Anna Holm');
  const settled = picker.settled();
  await core.last.answer({ customer: customer('7', 'Anna Holm'), problems: [] });
  expect(await settled).toBe(true);
  expect(chosen).toEqual(['Anna Holm']);
});

test('enter takes nobody before the list is of what was typed', async () => {
  const core = new Core();
  const recipient = { customerId: '', name: '', phone: '', address: { street: '', postalCode: '', city: '', extra: '' } };
  const chosen: string[] = [];
  const picker = new Picker(core.call, () => recipient, (who) => chosen.push(who.name));
  picker.show();
  await core.last.answer({ customers: [customer('1', 'Mads'), customer('2', 'Åse')], total: 2 });
  picker.type('åse');
  const taken = picker.take();
  expect(core.last.input).toMatchObject({ text: 'åse' });
  await core.last.answer({ customers: [customer('2', 'Åse')], total: 1 });
  expect((await taken)?.name).toBe('Åse');
  expect(chosen).toEqual(['Åse']);
});

test('a customer is taken out only after the merchant was asked', async () => {
  const core = new Core();
  const book = new Book(core.call);
  const anna = customer('7', 'Anna');
  book.show(anna);
  book.askToRemove(anna);
  expect(core.asked).toHaveLength(0);
  const removed = book.remove();
  await core.last.answer({});
  expect(core.names).toEqual(['customer_remove', 'customer_list']);
  await core.last.answer({ customers: [], total: 0 });
  expect(await removed).toBe(true);
  expect(book.editor).toBeNull();
  await soon();
});
