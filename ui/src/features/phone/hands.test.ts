import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { ClockView } from '../../bridge/generated';
import { Hands, timeOfTrade } from './hands.svelte';

const CLOCK: ClockView = {
  now: '2026-12-01T08:00:00Z',
  today: '2026-12-01',
  zone: 'Europe/Copenhagen',
  aheadSeconds: 8 * 86_400,
  aheadDays: 8,
  latest: '2028-12-01',
};

test('a double click moves time once', async () => {
  const asked: unknown[] = [];
  const call = (async (_: string, input: unknown) => {
    asked.push(input);
    return CLOCK;
  }) as unknown as Call;
  const hands = new Hands(call);
  const both = await Promise.all([hands.move({ to: 'day' }), hands.move({ to: 'day' })]);
  expect(asked).toEqual([{ to: 'day' }]);
  expect(both).toEqual([CLOCK, null]);
});

test('a move that is refused says why until one succeeds', async () => {
  let refuse = true;
  const call = (async () => {
    if (refuse) throw { code: 'time_goes_forward', next: 'none' };
    return CLOCK;
  }) as unknown as Call;
  const hands = new Hands(call);
  expect(await hands.move({ to: 'date', date: '2020-01-01' })).toBeNull();
  expect(hands.failure?.code).toBe('time_goes_forward');
  expect(hands.busy).toBe(false);
  refuse = false;
  await hands.move({ to: 'day' });
  expect(hands.failure).toBeNull();
});

test('the time of trade is the computer’s, moved, on the merchant’s wall', () => {
  const computer = Date.parse('2026-11-23T22:30:00Z');
  expect(timeOfTrade(CLOCK, computer, 'en-GB')).toEqual({ day: expect.stringMatching(/^Tuesday,? 1 December 2026$/), time: '23:30' });
  expect(timeOfTrade({ ...CLOCK, zone: 'Europe/Helsinki' }, computer, 'en-GB').time).toBe('00:30');
});
