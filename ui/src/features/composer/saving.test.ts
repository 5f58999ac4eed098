import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PAUSE, Saving } from './saving.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function slow() {
  const ends: Array<(error?: Error) => void> = [];
  const save = vi.fn(
    () => new Promise<void>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve()))),
  );
  return { save, end: async (error?: Error) => (ends.shift()?.(error), await vi.advanceTimersByTimeAsync(0)) };
}

test('changes in quick succession are saved once, after a pause', async () => {
  const { save } = slow();
  const saving = new Saving(save);
  for (let key = 0; key < 5; key += 1) {
    saving.touch();
    await vi.advanceTimersByTimeAsync(PAUSE - 1);
  }
  expect(save).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(save).toHaveBeenCalledTimes(1);
});

test('one save at a time, and what changed meanwhile is saved after it', async () => {
  const { save, end } = slow();
  const saving = new Saving(save);
  saving.touch();
  void saving.flush();
  saving.touch();
  await vi.advanceTimersByTimeAsync(PAUSE * 2);
  expect(save).toHaveBeenCalledTimes(1);
  expect(saving.state).toBe('saving');
  await end();
  expect(save).toHaveBeenCalledTimes(2);
  await end();
  expect(saving.state).toBe('saved');
});

test('flushing waits until everything is on the disk', async () => {
  const { save, end } = slow();
  const saving = new Saving(save);
  saving.touch();
  const flushed = vi.fn();
  void saving.flush().then(flushed);
  saving.touch();
  await end();
  expect(flushed).not.toHaveBeenCalled();
  await end();
  expect(flushed).toHaveBeenCalledWith(true);
});

test('a failed save forgets nothing and can be tried again', async () => {
  const { save, end } = slow();
  const saving = new Saving(save);
  saving.touch();
  const first = saving.flush();
  await end(new Error('disk full'));
  expect(await first).toBe(false);
  expect(saving.state).toBe('failed');
  const second = saving.flush();
  await end();
  expect(await second).toBe(true);
  expect(saving.failure).toBeNull();
});

test('with nothing changed nothing is saved', async () => {
  const { save } = slow();
  expect(await new Saving(save).flush()).toBe(true);
  expect(save).not.toHaveBeenCalled();
});

test('what was given up is not saved afterwards', async () => {
  const { save } = slow();
  const saving = new Saving(save);
  saving.touch();
  await saving.abandon();
  await vi.advanceTimersByTimeAsync(PAUSE * 2);
  expect(save).not.toHaveBeenCalled();
});
