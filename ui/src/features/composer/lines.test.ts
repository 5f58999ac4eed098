import { expect, test } from 'vitest';
import { emptyLine, isEmpty, moveFrom, withoutTail } from './lines';

const at = (key: string, index: number, shift = false) =>
  moveFrom({ index, column: 'unitPrice', rows: 3, key, shift });

test('enter goes to the text of the next line, with shift to that of the line before', () => {
  expect(at('Enter', 0)).toEqual({ to: 'row', index: 1, column: 'description' });
  expect(at('Enter', 1, true)).toEqual({ to: 'row', index: 0, column: 'description' });
});

test('arrows up and down stay in their column', () => {
  expect(at('ArrowDown', 0)).toEqual({ to: 'row', index: 1, column: 'unitPrice' });
  expect(at('ArrowUp', 2)).toEqual({ to: 'row', index: 1, column: 'unitPrice' });
});

test('nothing leads out of the grid but tab', () => {
  for (const [key, index] of [['Enter', 2], ['ArrowUp', 0], ['ArrowDown', 2], ['ArrowLeft', 1], ['x', 1]] as const) {
    expect(at(key, index)).toEqual({ to: 'nowhere' });
  }
});

test('only the empty lines at the end are left out of what is saved', () => {
  const rows = ['a', '', 'b', ' ', ''].map((description, key) => ({ key, line: { ...emptyLine(), description } }));
  expect(withoutTail(rows).map((line) => line.description)).toEqual(['a', '', 'b']);
  expect(isEmpty({ ...emptyLine(), unitPrice: '0' })).toBe(false);
});
