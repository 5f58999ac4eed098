import { expect, test } from 'vitest';
import { speak } from '../../i18n';
import type { TimelineEntry } from '../../bridge/generated';
import { row } from './testing';
import { meaningOf, pillOf, told } from './words';

test('a late invoice says how late, whatever MobilePay calls it', () => {
  speak('en');
  expect(pillOf(row(1, { daysOverdue: 3 }))).toEqual({ tone: 'bad', text: '3 days overdue' });
  expect(pillOf(row(1, { daysOverdue: 1 })).text).toBe('1 day overdue');
});

test('a delivered invoice is on the phone, or its link is ready', () => {
  speak('en');
  expect(pillOf(row(1)).text).toBe('On the phone');
  expect(pillOf(row(1, { channel: 'link' })).text).toBe('Link ready');
});

test('a planned payment names its day', () => {
  speak('da');
  expect(pillOf(row(1, { state: 'scheduled', paymentDate: '2026-12-01' })).text).toBe('Betales 1. dec.');
  expect(meaningOf(row(1, { state: 'scheduled', paymentDate: '2026-12-01' }))).toContain('1. december.');
});

test('a lost answer is never called sent or failed', () => {
  speak('en');
  const said = `${pillOf(row(1, { state: 'in_doubt' })).text} ${meaningOf(row(1, { state: 'in_doubt' }))}`;
  expect(said).toContain('In doubt');
  expect(said).not.toMatch(/failed|was sent/);
});

function entry(what: TimelineEntry['what'], at: string, status: number | null = null): TimelineEntry {
  return { at, what, source: 'this_computer', status, errorCode: null, words: null, until: null, flagged: false };
}

test('attempts that reached nobody are told as one, with their number and their time', () => {
  const offline = ['1', '2', '3'].flatMap((at) => [entry('attempted', at), entry('not_sent', at)]);
  const timeline = [entry('sent', '0'), ...offline, entry('attempted', '4'), entry('not_sent', '4', 429), entry('attempted', '5'), entry('taken_by_service', '5')];
  const read = told(timeline).map(({ entry, times, since }) => [entry.what, times, since, entry.at]);
  expect(read).toEqual([
    ['sent', 1, null, '0'],
    ['not_sent', 3, '1', '3'],
    ['not_sent', 1, null, '4'],
    ['attempted', 1, null, '5'],
    ['taken_by_service', 1, null, '5'],
  ]);
});
