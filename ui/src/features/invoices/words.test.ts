import { expect, test } from 'vitest';
import { speak } from '../../i18n';
import { row } from './testing';
import { meaningOf, pillOf } from './words';

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
