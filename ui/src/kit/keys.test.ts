import { expect, test } from 'vitest';
import { shownKey } from './keys';

test('a key is written as it stands on the keyboard', () => {
  expect(shownKey('N', 'MacIntel')).toBe('⌘N');
  expect(shownKey('N', 'Win32')).toBe('Ctrl N');
});
