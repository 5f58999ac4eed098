import { expect, test } from 'vitest';
import type { Call } from '../bridge';
import type { SettingsView } from '../bridge/generated';
import { Premises } from './premises.svelte';
import { pageOfKey } from './shortcuts';

const SETTINGS: SettingsView = { language: 'system', theme: 'system', textSize: 'normal' };

function core(answers: Record<string, (input: unknown) => unknown> = {}) {
  const asked: string[] = [];
  const usual: Record<string, (input: unknown) => unknown> = {
    app_show: () => ({ settings: SETTINGS, current: 'practice-dk' }),
    connection_show: () => ({ connection: { world: 'practice' }, outboxWaiting: 0 }),
    settings_save: (input) => input,
    ...answers,
  };
  const call = (async (name: string, input: unknown) => {
    asked.push(name);
    return usual[name]?.(input);
  }) as unknown as Call;
  return { call, asked };
}

test('what the core says is read again when the connection or an invoice changed, and only then', async () => {
  const { call, asked } = core();
  const premises = new Premises(call);
  premises.hear({ type: 'customers_changed' });
  premises.hear({ type: 'drafts_changed' });
  expect(asked).toEqual([]);
  premises.hear({ type: 'connection_changed' });
  premises.hear({ type: 'invoices_changed', ids: [] });
  expect(asked.filter((name) => name === 'connection_show')).toHaveLength(2);
});

test('books that cannot be opened are said to be so, and opened later', async () => {
  let locked = true;
  const { call } = core({
    app_show: () => {
      if (locked) throw { code: 'books_in_use', next: 'retry' };
      return { settings: SETTINGS, current: 'practice-dk' };
    },
  });
  const premises = new Premises(call);
  await premises.read();
  expect(premises.failure?.code).toBe('books_in_use');
  locked = false;
  await premises.read();
  expect(premises.failure).toBeNull();
  expect(premises.app?.current).toBe('practice-dk');
});

test('an answer that comes late does not replace what a later reading told', async () => {
  const late: Array<() => void> = [];
  let waiting = 2;
  const { call } = core({
    connection_show: () => {
      const answer = { connection: { world: 'practice' }, outboxWaiting: waiting };
      return new Promise((resolve) => late.push(() => resolve(answer)));
    },
  });
  const premises = new Premises(call);
  const older = premises.read();
  waiting = 0;
  const newer = premises.read();
  late[1]?.();
  await newer;
  late[0]?.();
  await older;
  expect(premises.status?.outboxWaiting).toBe(0);
});

test('a failure that comes late does not hide what a later reading told', async () => {
  const late: Array<() => void> = [];
  const { call } = core({
    connection_show: () => (late.length > 0 ? { outboxWaiting: 0 } : new Promise((_, reject) => late.push(() => reject({ code: 'books_in_use', next: 'retry' })))),
  });
  const premises = new Premises(call);
  const older = premises.read();
  await premises.read();
  late[0]?.();
  await older;
  expect(premises.failure).toBeNull();
});

test('what waits in other connections is counted together', async () => {
  const { call } = core({ app_show: () => ({ settings: SETTINGS, current: 'practice-dk', waitingBeside: { a: 2, b: 1 } }) });
  const premises = new Premises(call);
  expect(premises.waitingBeside).toBe(0);
  await premises.read();
  expect(premises.waitingBeside).toBe(3);
});

test('the connection that was to be open is tried again, and why it is not is answered', async () => {
  let damaged = true;
  const { call } = core({
    app_show: () => ({ settings: SETTINGS, current: damaged ? 'practice-fi' : 'practice-dk' }),
    connection_choose: () => {
      if (damaged) throw { code: 'books_damaged', next: 'none' };
      return {};
    },
  });
  const premises = new Premises(call);
  expect((await premises.openWanted('practice-dk'))?.code).toBe('books_damaged');
  expect(premises.app?.current).toBe('practice-fi');
  damaged = false;
  expect(await premises.openWanted('practice-dk')).toBeNull();
  expect(premises.app?.current).toBe('practice-dk');
});

test('that practice began anew is told until it is read', async () => {
  let anew = true;
  const { call } = core({
    app_show: () => ({ settings: SETTINGS, practiceAnew: anew }),
    practice_seen: () => ((anew = false), {}),
  });
  const premises = new Premises(call);
  await premises.read();
  expect(premises.app?.practiceAnew).toBe(true);
  await premises.practiceSeen();
  expect(premises.app?.practiceAnew).toBe(false);
});

test('the look changes at once, before it is written', async () => {
  const { call } = core();
  const premises = new Premises(call);
  await premises.read();
  const saved = premises.save({ ...SETTINGS, theme: 'dark' });
  expect(premises.app?.settings.theme).toBe('dark');
  await saved;
  expect(premises.app?.settings.theme).toBe('dark');
});

test('only practice and sandbox have phones', async () => {
  const { call } = core({ connection_show: () => ({ connection: { world: 'production' } }) });
  const premises = new Premises(call);
  expect(premises.hasPhones).toBe(false);
  await premises.read();
  expect(premises.hasPhones).toBe(false);
});

test('whoever closes an invoice being written is back where it was begun', () => {
  const premises = new Premises(core().call);
  premises.go({ page: 'invoices', filter: 'drafts' });
  premises.go({ page: 'compose', opening: { id: 'draft-1' } });
  premises.go({ page: 'compose', opening: { id: 'draft-2' } });
  premises.leaveComposer();
  expect(premises.route).toEqual({ page: 'invoices', filter: 'drafts' });
});

test('keys open pages', () => {
  expect(pageOfKey('N')).toBe('compose');
  expect(pageOfKey('2')).toBe('invoices');
  expect(pageOfKey('q')).toBeUndefined();
});
