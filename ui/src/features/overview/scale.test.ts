import { expect, test } from 'vitest';
import { linesFor } from './scale';

test('the largest amount fits under the last line, which is round', () => {
  expect(linesFor(187_500)).toEqual([0, 50_000, 100_000, 150_000, 200_000]);
  expect(linesFor(200_000)).toEqual([0, 50_000, 100_000, 150_000, 200_000]);
  expect(linesFor(1)).toEqual([0, 100]);
});

test('a shop without money has a chart all the same', () => {
  expect(linesFor(0)).toEqual([0, 100]);
});

test('there are never more than four lines above zero', () => {
  for (const largest of [1, 99, 100, 101, 12_345, 999_999, 1_000_000, 87_654_321]) {
    const lines = linesFor(largest);
    expect(lines.length).toBeLessThanOrEqual(5);
    expect(lines.at(-1)).toBeGreaterThanOrEqual(largest);
  }
});
