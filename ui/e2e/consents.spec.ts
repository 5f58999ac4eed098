// Consents, from the first question to an invoice that goes to the phone by itself; in three languages, light and dark, and
// by keys.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './shop';

const WORDS = {
  en: { pages: 'Pages', consents: 'Consents', ask: 'Ask a customer', cancel: 'Cancel', granted: 'Granted' },
  da: { pages: 'Sider', consents: 'Samtykker', ask: 'Spørg en kunde', cancel: 'Annullér', granted: 'Givet' },
  fi: { pages: 'Sivut', consents: 'Suostumukset', ask: 'Kysy asiakkaalta', cancel: 'Peruuta', granted: 'Annettu' },
} as const;
const SHOTS = process.env.KVIT_SHOTS;

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

async function open(page: Page, language: keyof typeof WORDS = 'en'): Promise<void> {
  const places = page.getByRole('navigation', { name: WORDS[language].pages });
  await places.getByRole('button', { name: WORDS[language].consents }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(WORDS[language].consents);
}

test.use({ ownShop: 'consents' });

test.beforeAll(async ({ shop, browser }) => {
  test.setTimeout(120_000);
  await shop.signIn(browser);
});

test('before anybody was asked the page teaches, and offers to write a link', async ({ shop, page }) => {
  await shop.show(page);
  await open(page);
  await expect(page.getByRole('heading', { name: 'Nobody was asked yet' })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await shot(page, 'consents-nobody');
  await page.getByRole('main').getByRole('button', { name: 'Ask a customer' }).first().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('There is no open link');
  await dialog.getByRole('button', { name: 'New invoice' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New invoice');
});

test('a customer is asked with a link, agrees on the phone, and the next invoice goes there', async ({ shop, page }) => {
  const { customer } = await shop.ask('customer_save', {
    id: '', name: 'Åse Nørgaard', phone: '', street: '', postalCode: '', city: '', email: '', language: null,
  });
  const draft = await shop.ask('draft_create', { customerId: customer!.id });
  const line = { itemNumber: '', description: 'Stort serviceeftersyn', quantity: '1', unit: 'stk', unitPrice: '349,50', vatRate: '25', discount: '' };
  const saved = await shop.ask('draft_save', { id: draft.id, revision: draft.revision, form: { ...draft.form, lines: [line] } });
  const sent = await shop.ask('draft_send', { id: saved.id, revision: saved.revision, channel: 'link' });
  const state = async (): Promise<string> => (await shop.ask('invoice_show', { id: sent.row.id })).row.state;
  await expect.poll(state, { timeout: 30_000 }).toBe('created');

  await shop.show(page);
  await open(page);
  await page.getByRole('main').getByRole('button', { name: 'Ask a customer' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: /Åse Nørgaard/ }).check();
  await shot(page, 'consents-ask');
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Ask with this link' }).click();
  const pane = page.getByRole('complementary', { name: 'Åse Nørgaard' });
  await expect(pane.getByRole('img')).toBeVisible();
  await expect(pane.getByRole('heading', { name: 'Åse Nørgaard' })).toBeFocused();
  await shot(page, 'consents-waiting');

  await page.getByRole('button', { name: 'Customer’s phone' }).or(page.getByRole('button', { name: /phone/i })).first().click();
  const phone = page.getByRole('complementary').filter({ hasText: 'MobilePay' }).last();
  await phone.getByRole('button', { name: 'Pay now' }).click();
  await expect(phone).toContainText('send the next bills straight to this phone?');
  await shot(page, 'consents-phone');
  await phone.getByRole('button', { name: 'I agree' }).click();
  await expect(phone).toContainText('come straight to this phone');
  await page.getByRole('radio', { name: /Granted/ }).click();
  const row = page.getByRole('button', { name: /Åse Nørgaard/ });
  await expect(row).toContainText('Granted');
  await row.click();
  await expect(pane).toContainText('The next invoice to Åse Nørgaard goes to the phone by itself.');
  await shot(page, 'consents-granted');
  const next = await shop.ask('draft_create', { customerId: customer!.id });
  expect(next.form.recipient.phone).not.toBe('');
});

test('the customer of an open link is asked from the invoice itself, once', async ({ shop, page }) => {
  await shop.send('Østergade Cykler', '120,00', 'link');
  await shop.show(page);
  await page.keyboard.press('Control+2');
  await page.getByRole('row', { name: /Østergade Cykler/ }).click();
  const pane = page.getByRole('complementary', { name: /Invoice/ });
  const ask = pane.getByRole('button', { name: 'Ask for consent' });
  await ask.click();
  const dialog = page.getByRole('dialog', { name: 'May the next ones come straight to the phone?' });
  await shot(page, 'consents-from-invoice');
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Ask for consent' }).click();
  await expect(page.getByText('Asked. The answer comes once the link is paid')).toBeVisible();
  await expect(ask).toBeHidden();
  await expect(pane.getByRole('definition').filter({ hasText: 'Waiting' })).toBeVisible();
  await shot(page, 'consents-invoice-asked');
  await open(page);
  await expect(page.getByRole('button', { name: /Østergade Cykler/ })).toContainText('Waiting');
});

test('one that others asked for is given to a customer by the merchant', async ({ shop, page }) => {
  // Asked with a link to nobody in the book.
  const id = await shop.send('Café Havnen', '99,95', 'link');
  await shop.ask('consent_ask', { id });
  const { users } = await shop.ask('phone_show', {});
  const other = users.find((user) => !user.cardExpired && user.phone !== users[0]!.phone)!;
  await shop.ask('phone_pay', { phone: other.phone, invoiceId: id });
  await shop.ask('phone_consent', { phone: other.phone, invoiceId: id, granted: true });
  await shop.show(page);
  await open(page);
  await page.getByRole('radio', { name: /Granted/ }).click();
  await page.getByRole('button', { name: /Café Havnen/ }).click();
  await page.getByRole('button', { name: 'Choose the customer' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Find').or(dialog.getByRole('textbox')).first().fill('ase');
  await dialog.getByRole('radio', { name: /Åse Nørgaard/ }).check();
  await shot(page, 'consents-choose');
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Use for this customer' }).click();
  await expect(page.getByRole('complementary', { name: /Åse Nørgaard/ })).toContainText('goes to the phone by itself');
});

for (const language of ['en', 'da', 'fi'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`no barrier in ${language}, ${theme}`, async ({ shop, page }) => {
      await shop.show(page, { language, theme });
      await open(page, language);
      await page.getByRole('radio', { name: new RegExp(WORDS[language].granted) }).click();
      await page.getByRole('button', { name: /Åse Nørgaard/ }).first().click();
      await expect(page.locator('#consent-title')).toBeVisible();
      expect(await barriers(page)).toEqual([]);
      await shot(page, `consents-${language}-${theme}`);
    });
  }
}

test('by keys alone: rows, the pane, and back to where one was', async ({ shop, page }) => {
  await shop.show(page);
  await open(page);
  await page.getByRole('radio', { name: /Waiting/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: /Granted/ })).toBeChecked();
  const first = page.getByRole('main').locator('.row').first();
  await expect(first).toBeVisible();
  await first.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#consent-title')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(first).toBeFocused();
});

test('with the largest text in the smallest window nothing reaches beyond its page', async ({ shop, page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await shop.show(page, { language: 'fi', textSize: 'larger' });
  await open(page, 'fi');
  await page.getByRole('radio', { name: /Annettu/ }).click();
  await expect(page.getByRole('main').locator('.row').first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await shot(page, 'consents-small');
});
