import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { BusinessView } from '../../bridge/generated';
import { BusinessForm } from './business.svelte';
import { Connections } from './connections.svelte';

const BUSINESS: BusinessView = {
  name: 'Nordhavn Cykler',
  street: '',
  postalCode: '',
  city: '',
  companyId: '25313763',
  email: '',
  phone: '',
  footer: '',
  defaultVatRate: '25',
  defaultDueDays: 14,
  nextNumber: 1,
  paperLanguage: 'da',
};

function core(answers: Record<string, (input: never) => unknown>) {
  const asked: Array<[string, unknown]> = [];
  const call = (async (name: string, input: never) => {
    asked.push([name, input]);
    return answers[name]?.(input);
  }) as unknown as Call;
  return { call, asked };
}

test('a business with a problem is not saved, and what was typed stays', async () => {
  const problem = { field: 'email', code: 'email_unreadable', params: {}, channel: null };
  const form = new BusinessForm(core({ business_save: () => ({ business: BUSINESS, problems: [problem] }) }).call, BUSINESS);
  form.form.email = 'nordhavn@';
  expect(await form.save()).toBe(false);
  expect(form.problemOf('email')?.code).toBe('email_unreadable');
  expect(form.problemOf('name')).toBeUndefined();
  expect(form.form.email).toBe('nordhavn@');
  expect(form.changed).toBe(true);
});

test('what a sign-in brings is shown, and what was typed meanwhile is not lost for it', () => {
  const form = new BusinessForm(core({}).call, { ...BUSINESS, name: '' });
  expect(form.learn(BUSINESS)).toBe(true);
  expect(form.form.name).toBe('Nordhavn Cykler');
  form.form.street = 'Havnegade 3';
  expect(form.learn({ ...BUSINESS, street: 'Kajen 1' })).toBe(false);
  expect(form.form.street).toBe('Havnegade 3');
});

test('a saved business shows what the core made of it', async () => {
  const form = new BusinessForm(
    core({ business_save: (input: BusinessView) => ({ business: { ...input, name: input.name.trim() }, problems: [] }) }).call,
    BUSINESS,
  );
  form.form.name = ' Nordhavn Cykler ApS ';
  expect(await form.save()).toBe(true);
  expect(form.form.name).toBe('Nordhavn Cykler ApS');
  expect(form.changed).toBe(false);
});

test('the number that was shown goes with the one in the box, and is the one that a problem told of afterwards', async () => {
  const moved = { field: 'nextNumber', code: 'number_moved', params: { next: '1' }, channel: null };
  const answers = [{ business: { ...BUSINESS, nextNumber: 1 }, problems: [moved] }, { business: { ...BUSINESS, nextNumber: 7 }, problems: [] }];
  const { call, asked } = core({ business_save: () => answers.shift() });
  const form = new BusinessForm(call, { ...BUSINESS, nextNumber: 2 });
  form.form.nextNumber = 7;
  expect(await form.save()).toBe(false);
  expect(await form.save()).toBe(true);
  expect(asked.map(([, input]) => input)).toEqual([expect.objectContaining({ nextNumber: 7, shownNumber: 2 }), expect.objectContaining({ nextNumber: 7, shownNumber: 1 })]);
});

test('what a check found is forgotten with the connection that it was about', async () => {
  const pieces = [{ piece: 'network', verdict: 'good', finding: 'answers', about: 'host' }];
  const connections = new Connections(core({ connection_check: () => ({ pieces }), connection_choose: () => ({}) }).call);
  await connections.check();
  expect(connections.pieces).toEqual(pieces);
  await connections.choose('practice-fi');
  expect(connections.pieces).toBeNull();
});

test('one thing at a time', async () => {
  const { call, asked } = core({ connection_choose: () => ({}) });
  const connections = new Connections(call);
  await Promise.all([connections.choose('practice-fi'), connections.choose('practice-fi')]);
  expect(asked).toHaveLength(1);
});
