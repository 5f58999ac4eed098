import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { ChannelName, ImportFound, ImportView, ProblemView, RunProgress, RunView } from '../../bridge/generated';
import { Editing } from './editing.svelte';
import { Filing } from './filing.svelte';
import { Running } from './running.svelte';

const STANDS: RunProgress = { state: 'running', total: 4, ready: 4, waiting: 0, onTheWay: 0, sent: 0, refused: 0, unclear: 0, failed: 0, replaced: 0 };

function offer(count: number, minor: number): RunView['toPhone'] {
  return { count, total: { minor, currency: 'DKK' }, wanting: 4 - count, again: 0 };
}

function view(progress: Partial<RunProgress> = {}, phones = 3): RunView {
  const run = { id: 'run', name: 'kunder.csv', createdAt: '2026-11-23T12:00:00Z', progress: { ...STANDS, ...progress } };
  return { run, toPhone: offer(phones, 30_000), asLink: offer(4, 40_000), sentBefore: null };
}

/** A core that answers by these, and takes down what it was asked. */
function core(answers: Record<string, (input: never) => unknown>) {
  const asked: Array<[string, unknown]> = [];
  const call = (async (name: string, input: never) => {
    asked.push([name, input]);
    const answer = answers[name];
    return answer ? answer(input) : { rows: [], next: null };
  }) as unknown as Call;
  return { call, asked };
}

const BUSY = { code: 'changed_meanwhile', message: '', next: 'reload', fields: [], upstream: null, detail: null, signin: null, incident: '' };

test('the way by which more rows can go is proposed until the merchant chooses', async () => {
  const running = new Running(core({ run_show: () => view() }).call, 'run');
  await running.read();
  expect([running.channel, running.offer?.count]).toEqual(['link', 4]);
  await running.go('phone');
  await running.read();
  expect([running.channel, running.offer?.count]).toEqual(['phone', 3]);
});

test('what is sent is what was shown, count and sum', async () => {
  const { call, asked } = core({ run_show: () => view(), run_send: () => view({ ready: 0, waiting: 4 }) });
  const running = new Running(call, 'run');
  await running.read();
  expect(await running.send()).toBe(true);
  const order = asked.find(([name]) => name === 'run_send')?.[1];
  expect(order).toEqual({ id: 'run', channel: 'link', count: 4, totalMinor: 40_000 });
  expect(running.underWay).toBe(true);
});

test('a second click sends nothing while the first is under way', async () => {
  let release: (sent: RunView) => void = () => {};
  const { call, asked } = core({ run_show: () => view(), run_send: () => new Promise<RunView>((sent) => (release = sent)) });
  const running = new Running(call, 'run');
  await running.read();
  const first = running.send();
  expect(await running.send()).toBe(false);
  release(view({ ready: 0, waiting: 4 }));
  expect(await first).toBe(true);
  expect(asked.filter(([name]) => name === 'run_send')).toHaveLength(1);
});

test('it can be stopped while its rows still get their numbers', async () => {
  let release: (sent: RunView) => void = () => {};
  const { call } = core({
    run_show: () => view(),
    run_send: () => new Promise<RunView>((sent) => (release = sent)),
    run_stop: () => view({ state: 'stopped' }),
  });
  const running = new Running(call, 'run');
  await running.read();
  const sent = running.send();
  expect([running.sending, running.doing]).toEqual([true, false]);
  expect(await running.act('run_stop')).toBe(true);
  release(view({ state: 'stopped' }));
  expect(await sent).toBe(true);
  expect([running.sending, running.progress?.state]).toEqual([false, 'stopped']);
});

test('what changed meanwhile is said, and what is so now is shown', async () => {
  let phones = 3;
  const { call } = core({ run_show: () => view({}, phones), run_send: () => Promise.reject(BUSY) });
  const running = new Running(call, 'run');
  await running.read();
  await running.go('phone');
  phones = 2;
  expect(await running.send()).toBe(false);
  expect([running.failure?.code, running.offer?.count]).toEqual(['changed_meanwhile', 2]);
});

test('pause, go on, stop and retry are the core’s acts, each by its name', async () => {
  const acts = ['run_pause', 'run_resume', 'run_stop', 'run_retry'] as const;
  const stands = { run_pause: 'paused', run_resume: 'running', run_stop: 'stopped', run_retry: 'running' } as const;
  const { call, asked } = core({
    run_show: () => view(),
    ...Object.fromEntries(acts.map((act) => [act, () => view({ state: stands[act] })])),
  });
  const running = new Running(call, 'run');
  await running.read();
  for (const act of acts) {
    expect(await running.act(act)).toBe(true);
    expect(running.progress?.state).toBe(stands[act]);
  }
  expect(asked.map(([name]) => name).filter((name) => acts.some((act) => act === name))).toEqual(acts);
});

test('progress is shown as it is told, and another run’s is not', async () => {
  const running = new Running(core({ run_show: () => view({ ready: 0, waiting: 4 }) }).call, 'run');
  await running.read();
  running.hear({ type: 'run_changed', id: 'run', progress: { ...STANDS, ready: 0, waiting: 1, sent: 3 } });
  running.hear({ type: 'run_changed', id: 'another', progress: { ...STANDS } });
  expect([running.progress?.sent, running.progress?.waiting]).toEqual([3, 1]);
  running.end();
});

test('a row that is to go as a link is not asked for a phone', async () => {
  const problems: ProblemView[] = [
    { field: 'recipient.phone', code: 'phone_missing', params: {}, channel: 'phone' },
    { field: 'lines.0.unitPrice', code: 'price_missing', params: {}, channel: null },
  ];
  const form = {
    recipient: { name: 'Åse', phone: '' }, lines: [], issueDate: '', dueDate: '', paymentReference: '', comment: '',
  };
  const opened = { row: { invoice: null }, form, reading: { problems }, correctable: true };
  let channel: ChannelName = 'phone';
  const editing = new Editing(core({ run_row_show: () => opened }).call, 'run', 1, () => channel);
  await editing.read();
  expect([editing.problemAt('phone')?.code, editing.problems]).toEqual(['phone_missing', problems]);
  channel = 'link';
  expect([editing.problemAt('phone'), editing.problemAt('unitPrice')?.code]).toEqual([undefined, 'price_missing']);
  editing.end();
});

const FOUND: ImportFound = { decimal: 'unknown', dates: 'unknown', date: null, priceBasis: 'net' };

/** A file whose columns the core does not know, as it is read. */
async function filed(look: () => unknown): Promise<{ filing: Filing; asked: Array<[string, unknown]> }> {
  const view: ImportView = {
    id: 'file', name: 'kunder.csv', how: 'CSV', rows: 1, headings: ['Hvem', 'Koster', 'Til'], sample: [['Mads', '1.200', '02/12/2027']],
    plan: {
      id: 'file', columns: [null, null, null], hasHeadings: true, decimal: 'unknown', dates: 'unknown', priceBasis: 'net', issueDate: '',
      dueDate: '2026-12-07', description: '',
    },
    date: null,
    sentBefore: null,
  };
  const { call, asked } = core({ import_begin: () => ({ id: 'file' }), import_read: () => view, import_look: look });
  const filing = new Filing(call);
  await filing.take({ name: 'kunder.csv', size: 0, slice: () => new Blob() });
  return { filing, asked };
}

test('a column that means something else is looked at again, and what the merchant chose stays', async () => {
  const date = { text: '02/12/2027', dayFirst: '2027-12-02', monthFirst: '2027-02-12', yearFirst: null };
  const { filing, asked } = await filed(() => ({ ...FOUND, decimal: 'comma', date, priceBasis: 'gross' }));
  filing.choose('priceBasis', 'net');
  await filing.mean(1, 'unit_price');
  expect(asked.at(-1)).toEqual(['import_look', { id: 'file', columns: [null, 'unit_price', null], hasHeadings: true }]);
  expect([filing.plan?.decimal, filing.plan?.priceBasis, filing.date?.text]).toEqual(['comma', 'net', '02/12/2027']);
  filing.choose('dates', 'month_first');
  await filing.head(false);
  expect(filing.plan?.dates).toBe('month_first');
});

test('of two looks at a file the later one counts, whichever is answered first', async () => {
  const answers: Array<(found: ImportFound) => void> = [];
  const { filing } = await filed(() => new Promise<ImportFound>((answer) => answers.push(answer)));
  const looks = [filing.mean(1, 'quantity'), filing.mean(1, 'unit_price')];
  answers[1]?.({ ...FOUND, decimal: 'comma' });
  answers[0]?.({ ...FOUND, decimal: 'point' });
  await Promise.all(looks);
  expect(filing.plan?.decimal).toBe('comma');
});

test('a date that was read in a file is shown as dates are shown everywhere', async () => {
  const form = { recipient: { name: '', phone: '' }, lines: [], issueDate: '', dueDate: '2027-12-02', paymentReference: '', comment: '' };
  const opened = { row: { invoice: null }, form, reading: { problems: [] }, correctable: true };
  const editing = new Editing(core({ run_row_show: () => opened }).call, 'run', 1, () => 'phone');
  await editing.read();
  expect(editing.texts.dueDate).toBe('02.12.2027');
  editing.end();
});
