/**
 * Names of boxes: the core names them by the place of a line (`lines.0.unitPrice`), the window by the key of its row
 * (`row.7.unitPrice`), because rows move while an answer is on its way.
 */
import type { ProblemView } from '../../bridge/generated';
import type { Column } from './lines';

/** A box as the window knows it. */
export type Box = string;

/** The box of one column of a row. */
export function boxOf(key: number, column: Column | 'itemNumber'): Box {
  return `row.${key}.${column}`;
}

/** The row and column of a box of the grid, or `null` for any other box. */
export function cellOf(box: Box): { key: number; column: string } | null {
  const match = /^row\.(\d+)\.(\w+)$/.exec(box);
  return match ? { key: Number(match[1]), column: match[2]! } : null;
}

/** The window's name for the core's `field`, where `keys` are the rows that the core saw. */
export function boxFrom(field: string, keys: readonly number[]): Box {
  const match = /^lines\.(\d+)(?:\.(\w+))?$/.exec(field);
  const key = match ? keys[Number(match[1])] : undefined;
  if (!match || key === undefined) return field;
  return `row.${key}.${match[2] ?? 'description'}`;
}

/** The id of the element of a box. */
export function idOf(box: Box): string {
  return `box-${box.replaceAll('.', '-')}`;
}

/** Boxes under "More", which has to be open before they can be reached. */
export const UNDER_MORE: readonly Box[] = [
  'issuerId',
  'contactName',
  'merchantOrderNumber',
  'buyerOrderNumber',
  'orderDate',
  'deliveryDate',
  'deliveryAddress.street',
  'deliveryAddress.postalCode',
  'deliveryAddress.city',
  'deliveryAddress.extra',
  'invoiceUrl',
  'redirectUrl',
];

/** Boxes as they stand on the screen, from top to bottom; those of the lines keep the order among themselves. */
const FROM_TOP: readonly Box[] = ['recipient', 'issueDate', 'dueDate', 'row', 'lines', 'total', 'paymentReference', 'comment', 'issuerId', 'contactName', 'deliveryDate', 'merchantOrderNumber', 'buyerOrderNumber', 'orderDate', 'deliveryAddress', 'invoiceUrl', 'redirectUrl'];

/** How far down a box stands. */
export function placeOf(box: Box): number {
  const place = FROM_TOP.indexOf(box.split('.')[0]!);
  return place < 0 ? FROM_TOP.length : place;
}

/** A problem with the box it stands beside. */
export interface Beside {
  box: Box;
  problem: ProblemView;
}

/** What concerns the whole invoice is said at once; everything else waits until its box was left or sending was tried. */
export const AT_ONCE: ReadonlySet<ProblemView['code']> = new Set([
  'number_ambiguous',
  'total_above_limit',
  'amount_too_large',
  'daily_limit_reached',
  'issuer_missing',
  'issuer_unusable',
]);
