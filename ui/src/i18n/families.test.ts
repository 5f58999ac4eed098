/**
 * Families of keys whose last part is a code of the core. That each code has its text is held by the type of `t`; here, that no text
 * is left of a code that is gone.
 */
import { expect, test } from 'vitest';
import type { FileTrouble, RefusalCode, SigninReason, StateName, Trouble, World } from '../bridge/generated';
import type { Key } from '.';

interface Families {
  'file_trouble.': FileTrouble;
  'refused.': RefusalCode;
  'signin.refused.': SigninReason;
  'state.': StateName;
  'trouble.': Trouble;
  'world.': World;
}

type LeftOver = { [F in keyof Families]: Exclude<Extract<Key, `${F}${string}`>, `${F}${Families[F]}`> }[keyof Families];

test('no text is left of a code that is gone', () => {
  // Does not compile otherwise, and names the key.
  const none: [LeftOver] extends [never] ? 'none' : LeftOver = 'none';
  expect(none).toBe('none');
});
