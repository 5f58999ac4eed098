import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { SigninView } from '../../bridge/generated';
import { Signing } from './signing.svelte';

const ATTEMPT: SigninView = {
  attempt: 'attempt-1',
  authorizeUrl: 'http://127.0.0.1/authorize',
  redirectUri: 'http://127.0.0.1/return',
  door: 'return_page',
  expiresAt: '2026-11-23T10:10:00Z',
  browserOpened: true,
};

function core(answers: Record<string, () => unknown> = {}) {
  const asked: string[] = [];
  const usual: Record<string, () => unknown> = { signin_begin: () => ATTEMPT, keychain_forgo: () => ({}), ...answers };
  const call = (async (name: string) => {
    asked.push(name);
    return usual[name]?.();
  }) as unknown as Call;
  return { call, asked };
}

test('the browser comes back: signed in', async () => {
  const signing = new Signing(core().call);
  await signing.begin();
  signing.hear({ type: 'signin_ended', end: { attempt: 'attempt-1', refused: null } });
  expect(signing.done).toBe(true);
});

test('the end of an older attempt says nothing about this one', async () => {
  const signing = new Signing(core().call);
  await signing.begin();
  signing.hear({ type: 'signin_ended', end: { attempt: 'attempt-0', refused: { reason: 'access_denied', code: 'access_denied' } } });
  expect(signing.refused).toBeNull();
  expect(signing.attempt).not.toBeNull();
});

test('a refused answer says which check refused it, and one can begin again', async () => {
  const signing = new Signing(core().call);
  await signing.begin();
  signing.hear({ type: 'signin_ended', end: { attempt: 'attempt-1', refused: { reason: 'another_signin', code: 'state_mismatch' } } });
  expect(signing.refused?.reason).toBe('another_signin');
  await signing.begin();
  expect(signing.refused).toBeNull();
  expect(signing.attempt?.attempt).toBe('attempt-1');
});

test('without a keychain it goes on for this run when the merchant says so', async () => {
  let kept = false;
  const { call, asked } = core({
    keychain_forgo: () => (kept = true),
    signin_begin: () => {
      if (!kept) throw { code: 'keychain_missing', next: 'keep_this_run_only' };
      return ATTEMPT;
    },
  });
  const signing = new Signing(call);
  await signing.begin();
  expect(signing.failure?.next).toBe('keep_this_run_only');
  await signing.forgoKeychain();
  expect(signing.failure).toBeNull();
  expect(signing.attempt).not.toBeNull();
  expect(asked).toEqual(['signin_begin', 'keychain_forgo', 'signin_begin']);
});

test('a wrong address keeps the attempt, so that another can be pasted', async () => {
  const { call } = core({
    signin_paste: () => {
      throw { code: 'signin_refused', next: 'paste_address', detail: 'answer_missing' };
    },
  });
  const signing = new Signing(call);
  await signing.begin();
  await signing.paste(' https://example.com/ ');
  expect(signing.failure?.detail).toBe('answer_missing');
  expect(signing.attempt).not.toBeNull();
});

test('giving up after the end asks for nothing', async () => {
  const { call, asked } = core();
  const signing = new Signing(call);
  await signing.begin();
  signing.hear({ type: 'signin_ended', end: { attempt: 'attempt-1', refused: null } });
  await signing.cancel();
  expect(asked).not.toContain('signin_cancel');
});

test('giving up while it is beginning is said to the core', async () => {
  const { call, asked } = core({ signin_begin: () => new Promise(() => undefined) });
  const signing = new Signing(call);
  void signing.begin();
  await signing.cancel();
  expect(asked).toEqual(['signin_begin', 'signin_cancel']);
});
