import { expect, test } from 'vitest';
import { speak } from '../../i18n';
import { letter, textMessage } from './letter';
import { invoice } from './testing';

const LINK = { href: 'https://mobilepay.example/?token=1&country=DK', qrSvg: '' };

test('a text speaks the customer’s language, whatever the window speaks', () => {
  speak('en');
  const view = invoice(7);
  expect(textMessage(view, LINK, 'da')).toBe(
    `Faktura 7 fra Nordhavn Cykler: 1.875,00\u00a0kr., forfalder 04.12.2026. Betal med MobilePay: ${LINK.href}`,
  );
  expect(letter(view, LINK, 'fi').subject).toBe('Lasku 7, Nordhavn Cykler');
  expect(letter(view, LINK, 'en').body).toMatch(/^Hello Mads Krogh,\n\n/);
});

test('nobody’s name leaves no gap, and what a customer is called is no code', () => {
  const body = (customer: string): string => letter(invoice(7, { customer }), LINK, 'da').body;
  expect(body('')).toMatch(/^Hej\n\n/);
  expect(body("{link} <b>'O'</b>")).toMatch(/^Hej \{link\} <b>'O'<\/b>\n\n/);
});
