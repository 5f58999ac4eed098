import { expect, test } from 'vitest';
import { speak, t } from '../../i18n';
import { troubleOf } from './trouble';

test('a session that ended says why, and one that stands says nothing', () => {
  speak('en');
  expect(troubleOf({ session: { state: 'sign_in_needed', reason: 'client_refused' }, trouble: null })).toBe(t('session_ended.client_refused'));
  expect(troubleOf({ session: { state: 'signed_out' }, trouble: null })).toBeNull();
});

test('a clock that is off is said in minutes, whichever way', () => {
  speak('en');
  const session = { state: 'signed_out' } as const;
  for (const [seconds, minutes] of [[-3600, '60 minutes'], [20, '1 minutes'], [5400, '90 minutes']] as const) {
    expect(troubleOf({ session, trouble: { trouble: 'clock_off', seconds } })).toContain(minutes);
  }
});
