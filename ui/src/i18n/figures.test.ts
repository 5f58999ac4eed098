import { expect, test } from 'vitest';
import { COUNT, PRICE, shownAmount, shownDay, shownDecimal } from './figures';

test('a price is shown with two decimals and the groups of its country', () => {
  expect(shownDecimal('1234.5', 'DK', PRICE)).toBe('1.234,50');
  expect(shownDecimal('1234567', 'FI', PRICE)).toBe('1\u00a0234\u00a0567,00');
  expect(shownDecimal('-12', 'DK', PRICE)).toBe('\u221212,00');
});

test('a quantity is neither padded nor grouped', () => {
  expect(shownDecimal('1234', 'DK', COUNT)).toBe('1234');
  expect(shownDecimal('1.50', 'DK', COUNT)).toBe('1,5');
});

test('three decimals never look like thousands', () => {
  expect(shownDecimal('1.234', 'DK', PRICE)).toBe('1,2340');
  expect(shownDecimal('1.234', 'FI', COUNT)).toBe('1,2340');
  expect(shownDecimal('0.125', 'DK', COUNT)).toBe('0,125');
  expect(shownDecimal('1234.567', 'DK', PRICE)).toBe('1.234,567');
});

test('an amount keeps each cent', () => {
  expect(shownAmount({ minor: 201500, currency: 'DKK' }, 'DK')).toBe('2.015,00');
  expect(shownAmount({ minor: 5, currency: 'EUR' }, 'FI')).toBe('0,05');
});

test('each country writes days its own way', () => {
  expect(shownDay('2026-11-03', 'DK')).toBe('03.11.2026');
  expect(shownDay('2026-11-03', 'FI')).toBe('3.11.2026');
});
