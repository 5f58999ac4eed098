import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { CallbacksView } from '../../bridge/generated';
import { Callbacks } from './callbacks.svelte';
import { linesFor } from './proxies';

const VIEW: CallbacksView = {
  receiver: 'off',
  wanted: false,
  port: 7891,
  localAddress: 'http://127.0.0.1:7891/',
  near: false,
  current: null,
  unclear: [],
  lastHeard: null,
  lastStranger: null,
  strays: 0,
};

function core(answers: Record<string, (input: never) => unknown>) {
  const asked: Array<[string, unknown]> = [];
  const call = (async (name: string, input: never) => {
    asked.push([name, input]);
    return answers[name]?.(input);
  }) as unknown as Call;
  return { call, asked };
}

test('a merchant without callbacks sees what they are and nothing to fill in', async () => {
  const { call } = core({ callbacks_show: () => VIEW });
  const callbacks = new Callbacks(call);
  await callbacks.read();
  expect([callbacks.unfolded, callbacks.address]).toEqual([false, '']);
});

test('the practice world proposes the address of this computer', async () => {
  const { call } = core({ callbacks_show: () => ({ ...VIEW, near: true, wanted: true }) });
  const callbacks = new Callbacks(call);
  await callbacks.read();
  expect([callbacks.unfolded, callbacks.address]).toEqual([true, 'http://127.0.0.1:7891/']);
});

test('what is typed is not lost when something is heard meanwhile', async () => {
  const { call } = core({ callbacks_show: () => ({ ...VIEW, current: { address: 'https://a.example/', kind: 'basic', username: 'kvit', at: '2026-11-23T12:00:00Z' } }) });
  const callbacks = new Callbacks(call);
  await callbacks.read();
  callbacks.address = 'https://b.example/';
  await callbacks.read();
  expect(callbacks.address).toBe('https://b.example/');
});

test('a port that is none is said beside its box and not sent', async () => {
  const { call, asked } = core({ callbacks_show: () => VIEW });
  const callbacks = new Callbacks(call);
  await callbacks.read();
  for (const port of ['', 'x', '0', '70000', '80.5']) {
    callbacks.port = port;
    expect(await callbacks.listen(true)).toBe(false);
    expect(callbacks.beside('port')).toBe('port_too_low');
  }
  expect(asked).toHaveLength(1);
});

test('a secret that was taken is forgotten here, and one that was refused stands beside its box', async () => {
  let wrong: string | null = 'key_bad';
  const { call } = core({ callbacks_show: () => VIEW, callbacks_set: () => ({ callbacks: VIEW, wrong }) });
  const callbacks = new Callbacks(call);
  await callbacks.read();
  callbacks.secret = 'SomeSecretApiKey123';
  expect(await callbacks.set()).toBe(false);
  expect([callbacks.beside('secret'), callbacks.beside('address')]).toEqual(['key_bad', null]);
  wrong = null;
  expect(await callbacks.set()).toBe(true);
  expect(callbacks.secret).toBe('');
});

test('the lines for a web server hold the address that was typed, and nothing that is none', () => {
  expect(linesFor('nginx', 'https://pay.nordhavn.example/kvit', 4711)).toContain('location = /kvit {');
  expect(linesFor('nginx', 'https://pay.nordhavn.example/kvit', 4711)).toContain('proxy_pass http://127.0.0.1:4711;');
  expect(linesFor('caddy', 'https://pay.nordhavn.example/kvit', 4711)).toMatch(/^pay\.nordhavn\.example \{/);
  for (const odd of ['', 'http://a.example/x', 'https://a.example/x;}%0aevil', 'javascript:1']) {
    expect(linesFor('caddy', odd, 4711)).toMatch(/^shop\.example \{/);
  }
});
