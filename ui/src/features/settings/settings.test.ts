import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { BusinessView } from '../../bridge/generated';
import { BusinessForm } from './business.svelte';
import { Connections, emptyForm } from './connections.svelte';

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

test('boxes that may stay empty are not sent when they are', async () => {
  const { call, asked } = core({ connection_add: () => ({}) });
  const connections = new Connections(call);
  connections.form = { ...emptyForm(), name: 'Sandbox', merchantVat: ' ' };
  expect(await connections.add()).toBe(true);
  expect(asked[0]?.[1]).not.toHaveProperty('merchantVat');
});

test('the secrets leave the page with the answer, and a refusal keeps them to be corrected', async () => {
  let wrong = true;
  const { call } = core({
    connection_add: () => {
      if (wrong) throw { code: 'connection_invalid', next: 'correct', detail: 'redirect_uri' };
      return {};
    },
  });
  const connections = new Connections(call);
  connections.form = { ...emptyForm(), clientSecret: 'of the zip' };
  expect(await connections.add()).toBe(false);
  expect(connections.form?.clientSecret).toBe('of the zip');
  expect(connections.failure?.detail).toBe('redirect_uri');
  wrong = false;
  expect(await connections.add()).toBe(true);
  expect(connections.form).toBeNull();
});

test('one thing at a time', async () => {
  const { call, asked } = core({ connection_choose: () => ({}) });
  const connections = new Connections(call);
  await Promise.all([connections.choose('practice-fi'), connections.choose('practice-fi')]);
  expect(asked).toHaveLength(1);
});
