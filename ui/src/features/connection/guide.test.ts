import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { ConnectionView } from '../../bridge/generated';
import type { RefusalCode } from '../../bridge/generated';
import { Guide } from './guide.svelte';

function core(answers: Record<string, (input: never) => unknown> = {}) {
  const asked: Array<[string, Record<string, unknown>]> = [];
  const usual: Record<string, (input: never) => unknown> = { connection_add: () => ({ id: 'new' }), connection_change: () => ({ id: 'old' }), connection_choose: () => ({ session: { state: 'signed_out' } }), ...answers };
  const call = (async (name: string, input: never) => {
    asked.push([name, input]);
    return usual[name]?.(input);
  }) as unknown as Call;
  return { call, asked };
}

function refuse(code: RefusalCode, detail: string | null = null): never {
  throw { code, message: code, next: 'none', fields: [], upstream: null, detail, signin: null, incident: 'x' };
}

function filled(guide: Guide): Guide {
  Object.assign(guide.form, { name: 'Shop', gatewayId: 'app', gatewaySecret: 'g', clientId: 'a.b', clientSecret: 's', redirectUri: 'https://shop.dk/return' });
  return guide;
}

const SAVED: ConnectionView = {
  id: 'old',
  name: 'Shop',
  world: 'sandbox',
  country: 'FI',
  clientId: 'a.b',
  redirectUri: 'https://shop.fi/sandbox/return',
  door: 'return_page',
  discoveryUrl: 'https://sandprod-admin.mobilepay.fi/account/.well-known/openid-configuration',
  issuer: 'https://api.mobilepay.dk/merchant',
  apiBaseUrl: 'https://api.sandbox.mobilepay.dk/invoice-restapi',
  merchantVat: null,
};

test('a step is not left while something is missing, and says what', () => {
  const guide = new Guide(core().call);
  guide.next();
  expect([guide.step, guide.wrong]).toEqual(['world', 'name']);
  guide.form.name = 'Shop';
  guide.next();
  expect([guide.step, guide.wrong]).toEqual(['app', null]);
});

test('the box that the core refuses is shown on its own step', async () => {
  const guide = filled(new Guide(core({ connection_check: () => refuse('connection_invalid', 'redirect_uri') }).call));
  guide.go('check');
  await guide.check();
  expect([guide.step, guide.wrong]).toEqual(['back', 'redirectUri']);
});

test('a check sends what was typed and nothing that was left empty', async () => {
  const { call, asked } = core({ connection_check: () => ({ pieces: [] }) });
  const guide = filled(new Guide(call));
  guide.form.merchantVat = ' ';
  expect(await guide.check()).toBe(true);
  expect(asked[0]?.[1]).not.toHaveProperty('form.merchantVat');
  expect(guide.pieces).toEqual([]);
  guide.touched();
  expect(guide.pieces).toBeNull();
});

test('saved: the secrets are gone from the page, and the connection is open', async () => {
  const { call, asked } = core();
  const guide = filled(new Guide(call));
  expect(await guide.save()).toBe(true);
  expect([guide.form.clientSecret, guide.form.gatewaySecret, guide.form.gatewayId]).toEqual(['', '', '']);
  expect(asked.map(([name]) => name)).toEqual(['connection_add', 'connection_choose']);
  expect(asked[1]?.[1]).toEqual({ id: 'new' });
});

test('a change needs none of what is never shown again', async () => {
  const { call, asked } = core();
  const guide = new Guide(call, SAVED);
  for (const step of ['app', 'oauth', 'back', 'check'] as const) {
    guide.next();
    expect(guide.step).toBe(step);
  }
  await guide.save();
  expect(asked[0]).toEqual(['connection_change', { id: 'old', form: expect.objectContaining({ country: 'FI', clientSecret: '' }) as unknown }]);
});

test('a change keeps the provider, and a sign-in follows where nobody is signed in any more', async () => {
  const { discoveryUrl, issuer, apiBaseUrl } = { ...SAVED, discoveryUrl: 'https://own.example/.well-known/openid-configuration' };
  for (const [state, follows] of [['signed_in', false], ['signed_out', true]] as const) {
    const { call, asked } = core({ connection_choose: () => ({ session: { state } }) });
    const guide = new Guide(call, { ...SAVED, discoveryUrl });
    await guide.save();
    expect(asked[0]?.[1]).toMatchObject({ form: { discoveryUrl, issuer, apiBaseUrl } });
    expect(guide.signInFollows).toBe(follows);
  }
});

test('an address that is emptied in a change is sent as empty', async () => {
  const { call, asked } = core();
  const guide = new Guide(call, SAVED);
  guide.form.apiBaseUrl = '';
  await guide.save();
  expect(asked[0]?.[1]).toMatchObject({ form: { apiBaseUrl: '' } });
});

test('what is refused keeps everything that was typed', async () => {
  const guide = filled(new Guide(core({ connection_add: () => refuse('keychain_locked') }).call));
  expect(await guide.save()).toBe(false);
  expect(guide.failure?.code).toBe('keychain_locked');
  expect(guide.form.clientSecret).toBe('s');
});
