import { expect, test } from 'vitest';
import { shownDay } from './days';

test('each country writes days its own way', () => {
  expect(shownDay('2026-11-03', 'DK')).toBe('03.11.2026');
  expect(shownDay('2026-11-03', 'FI')).toBe('3.11.2026');
});
