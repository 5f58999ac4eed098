import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { ConsentCountsView, ConsentView } from '../../bridge/generated';
import { Agreeing } from './agreeing.svelte';

const COUNTS: ConsentCountsView = { waiting: 1, granted: 0, declined: 0, withdrawn: 0 };

function consent(id: string, change: Partial<ConsentView> = {}): ConsentView {
  return { id, answer: 'waiting', invoice: null, customer: null, phone: '', phoneShown: '', askedAt: null, answeredAt: null, ...change };
}

function core(answers: Record<string, (input: never) => unknown>) {
  const asked: Array<[string, unknown]> = [];
  const call = (async (name: string, input: never) => {
    asked.push([name, input]);
    return answers[name]?.(input);
  }) as unknown as Call;
  return { call, asked };
}

test('a page that was left is not shown when it arrives late', async () => {
  const waiting: Array<(list: unknown) => void> = [];
  const { call } = core({ consent_list: () => new Promise((resolve) => waiting.push(resolve)) });
  const agreeing = new Agreeing(call);
  const first = agreeing.read();
  const second = agreeing.choose('granted');
  waiting[1]!({ rows: [consent('g', { answer: 'granted' })], next: null, counts: COUNTS });
  waiting[0]!({ rows: [consent('w')], next: null, counts: COUNTS });
  await Promise.all([first, second]);
  expect(agreeing.rows.map((row) => row.id)).toEqual(['g']);
});

test('the next page stands under the first', async () => {
  const { call, asked } = core({
    consent_list: ({ after }: { after: string }) => ({ rows: [consent(after || 'a')], next: after ? null : 'b', counts: COUNTS }),
  });
  const agreeing = new Agreeing(call);
  await agreeing.read();
  await agreeing.more();
  expect(agreeing.rows.map((row) => row.id)).toEqual(['a', 'b']);
  await agreeing.more();
  expect(asked).toHaveLength(2);
});

test('asking shows the one that was asked among those that wait', async () => {
  const { call, asked } = core({
    consent_list: () => ({ rows: [consent('k')], next: null, counts: COUNTS }),
    consent_links: () => ({ rows: [] }),
    consent_ask: () => consent('k'),
  });
  const agreeing = new Agreeing(call);
  await agreeing.choose('granted');
  await agreeing.begin();
  expect(await agreeing.ask('invoice-1')).toBe(true);
  expect([agreeing.answer, agreeing.open?.id, agreeing.links]).toEqual(['waiting', 'k', null]);
  expect(asked).toContainEqual(['consent_ask', { id: 'invoice-1' }]);
});

test('what was refused is said, and the question stays open', async () => {
  const { call } = core({
    consent_links: () => ({ rows: [] }),
    consent_ask: () => {
      throw { code: 'unclear', message: '', next: 'retry', fields: [], upstream: null, detail: null, signin: null, incident: '' };
    },
  });
  const agreeing = new Agreeing(call);
  await agreeing.begin();
  expect(await agreeing.ask('invoice-1')).toBe(false);
  expect([agreeing.failure?.code, agreeing.links]).toEqual(['unclear', []]);
});
