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
  transactions: false,
};

test('a step is not left while something is missing, and says what', async () => {
  const guide = new Guide(core().call);
  await guide.next();
  expect([guide.step, guide.wrong]).toEqual(['world', 'name']);
  guide.form.name = 'Shop';
  await guide.next();
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
  expect(asked.map(([name]) => name)).toEqual(['connection_add', 'unfinished_keep', 'connection_choose']);
  expect(asked[1]?.[1]).toEqual({ form: null });
  expect(asked[2]?.[1]).toEqual({ id: 'new' });
});

test('a change needs none of what is never shown again', async () => {
  const { call, asked } = core();
  const guide = new Guide(call, SAVED);
  for (const step of ['app', 'oauth', 'back', 'check'] as const) {
    await guide.next();
    expect(guide.step).toBe(step);
  }
  await guide.save();
  expect(asked.at(-2)).toEqual(['connection_change', { id: 'old', form: expect.objectContaining({ country: 'FI', clientSecret: '' }) as unknown }]);
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

test('an address by which no answer comes back is not gone on from, and it is said why', async () => {
  for (const [detail, address] of [['redirect_uri.world', 'world'], ['redirect_uri.query', 'query'], ['redirect_uri', 'wrong']] as const) {
    const guide = filled(new Guide(core({ return_address_check: () => refuse('connection_invalid', detail) }).call));
    guide.go('back');
    await guide.next();
    expect([guide.step, guide.wrong, guide.address]).toEqual(['back', 'redirectUri', address]);
  }
});

test('what is wrong about an address is found although it says why', async () => {
  const guide = filled(new Guide(core({ connection_add: () => refuse('connection_invalid', 'redirect_uri.world') }).call));
  guide.go('check');
  await guide.save();
  expect([guide.step, guide.wrong]).toEqual(['back', 'redirectUri']);
});

test('an unfinished connection is kept without its secrets and resumed where something is missing', async () => {
  const kept: unknown[] = [];
  const first = filled(new Guide(core({ unfinished_keep: (input) => void kept.push(input) }).call));
  await first.keep();
  const text = JSON.stringify(kept[0]);
  expect(text).toContain('https://shop.dk/return');
  for (const secret of ['clientSecret', 'gatewayId', 'gatewaySecret']) expect(text).not.toContain(secret);

  const second = new Guide(core({ unfinished_show: () => kept[0] }).call);
  await second.resume();
  expect([second.resumed, second.step, second.form.clientId]).toEqual([true, 'app', 'a.b']);
  await second.startAfresh();
  expect([second.resumed, second.step, second.form.clientId]).toEqual([false, 'world', '']);
});

test('nothing typed: nothing kept', async () => {
  const { call, asked } = core();
  await new Guide(call).keep();
  expect(asked).toEqual([]);
});

test('without a keychain the guide goes on for this run', async () => {
  let forgone = false;
  const { call, asked } = core({
    connection_add: () => {
      if (!forgone) throw { code: 'keychain_missing', next: 'keep_this_run_only' };
      return { id: 'new' };
    },
    keychain_forgo: () => (forgone = true),
  });
  const guide = filled(new Guide(call));
  expect(await guide.save()).toBe(false);
  expect(guide.failure?.next).toBe('keep_this_run_only');
  expect(await guide.forgoKeychain()).toBe(true);
  expect(await guide.save()).toBe(true);
  expect(asked.map(([name]) => name)).toEqual(['connection_add', 'keychain_forgo', 'connection_add', 'unfinished_keep', 'connection_choose']);
});

test('a connection that was kept but could not be opened is not added twice', async () => {
  let locked = true;
  const { call, asked } = core({ connection_choose: () => (locked ? refuse('keychain_locked') : { session: { state: 'signed_out' } }) });
  const guide = filled(new Guide(call));
  expect(await guide.save()).toBe(false);
  locked = false;
  expect(await guide.save()).toBe(true);
  expect(asked.filter(([name]) => name === 'connection_add')).toHaveLength(1);
});

test('saved for later: it is kept whole, and what is open stays open', async () => {
  const { call, asked } = core();
  expect(await filled(new Guide(call)).saveForLater()).toBe(true);
  expect(asked.map(([name]) => name)).toEqual(['connection_add', 'unfinished_keep']);
});

test('the letter names every scope that is asked for', () => {
  const guide = new Guide(core().call);
  expect(guide.scopes).toBe('openid, invoice, offline_access');
  guide.form.transactions = true;
  expect(guide.scopes).toBe('openid, invoice, offline_access, transactionreporting');
});
