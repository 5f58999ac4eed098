import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import { Opened } from './opened.svelte';
import { invoice, refusal } from './testing';

/** A core that answers each command by its function, and keeps the names. */
function core(answers: Record<string, () => unknown>) {
  const asked: string[] = [];
  const call = (async (name: string) => {
    asked.push(name);
    const answer = answers[name]?.();
    if (answer instanceof Promise) return answer;
    return answer;
  }) as unknown as Call;
  return { call, asked };
}

test('a cancelled invoice shows its new state', async () => {
  const { call } = core({ invoice_show: () => invoice(1063), invoice_cancel: () => invoice(1063, { state: 'canceled' }) });
  const opened = new Opened(call, 'invoice-1063');
  await opened.read();
  expect(await opened.cancel()).toBe(true);
  expect(opened.view?.row.state).toBe('canceled');
});

test('a cancellation that came too late says so and shows the newest state', async () => {
  const { call } = core({
    invoice_show: () => invoice(1063, { state: 'paid' }),
    invoice_cancel: () => Promise.reject(refusal('not_now')),
  });
  const opened = new Opened(call, 'invoice-1063');
  expect(await opened.cancel()).toBe(false);
  expect(opened.failure?.code).toBe('not_now');
  expect(opened.view?.row.state).toBe('paid');
  expect(opened.doing).toBeNull();
});

test('a double click cancels once', async () => {
  const { call, asked } = core({ invoice_cancel: () => invoice(1063, { state: 'canceled' }) });
  const opened = new Opened(call, 'invoice-1063');
  await Promise.all([opened.cancel(), opened.cancel()]);
  expect(asked).toEqual(['invoice_cancel']);
});

test('a saved paper says where it lies, and one that was not saved does not', async () => {
  let full = false;
  const { call } = core({
    invoice_save_pdf: () => (full ? Promise.reject(refusal('file_not_written')) : { path: 'Documents/1063.pdf' }),
  });
  const opened = new Opened(call, 'invoice-1063');
  expect(await opened.savePdf()).toBe('Documents/1063.pdf');
  full = true;
  expect(await opened.savePdf()).toBeNull();
  expect(opened.failure?.code).toBe('file_not_written');
});
