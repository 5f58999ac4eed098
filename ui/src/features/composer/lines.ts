/**
 * The lines of an invoice as rows of a grid: there is always one empty row at the end, and each row keeps its identity
 * while others come and go.
 */
import type { LineFormView } from '../../bridge/generated';

/** A line with the key that the window knows it by. */
export interface Row {
  readonly key: number;
  line: LineFormView;
}

/** The boxes of a row, left to right. */
export const COLUMNS = ['description', 'quantity', 'unit', 'unitPrice', 'vatRate', 'discount'] as const;
/** One box of a row. */
export type Column = (typeof COLUMNS)[number];

/** A line with nothing in it. */
export function emptyLine(): LineFormView {
  return { itemNumber: '', description: '', quantity: '', unit: '', unitPrice: '', vatRate: '', discount: '' };
}

/** Whether nothing was typed in any box. */
export function isEmpty(line: LineFormView): boolean {
  return Object.values(line).every((text) => text.trim() === '');
}

/** The lines worth saving: the empty ones at the end are only there to be typed in. */
export function withoutTail(rows: readonly Row[]): LineFormView[] {
  let end = rows.length;
  while (end > 0 && isEmpty(rows[end - 1]!.line)) end -= 1;
  return rows.slice(0, end).map((row) => ({ ...row.line }));
}

/** What a key does in a box of the grid. */
export type Move = { to: 'row'; index: number; column: Column } | { to: 'nowhere' };

/** What decides where a key leads. */
export interface Place {
  index: number;
  column: Column;
  rows: number;
  key: string;
  shift: boolean;
}

/**
 * The rules of the grid, written down once:
 * Enter goes to the description of the next line, Shift+Enter to that of the line before; the arrows up and down stay in
 * their column. Tab and the arrows left and right are the browser's own, so that text can be edited as everywhere.
 */
export function moveFrom(place: Place): Move {
  const { index, column, rows } = place;
  const step = { Enter: place.shift ? -1 : 1, ArrowUp: -1, ArrowDown: 1 }[place.key] ?? 0;
  const target = index + step;
  if (step === 0 || target < 0 || target >= rows) return { to: 'nowhere' };
  return { to: 'row', index: target, column: place.key === 'Enter' ? 'description' : column };
}
