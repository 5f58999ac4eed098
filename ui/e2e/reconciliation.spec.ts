// Reconciliation by point and click: fetch, look at what does not match and why, payouts, files; and the export of the list.

import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test, type Shop } from './shop';

const PICTURES = process.env.KVIT_PICTURES;
const WORDS = {
  en: { page: 'Reconciliation', matched: 'Matched', unmatched: 'Not matched' },
  da: { page: 'Afstemning', matched: 'Afstemt', unmatched: 'Ikke afstemt' },
  fi: { page: 'Täsmäytys', matched: 'Täsmäytetty', unmatched: 'Täsmäyttämättä' },
} as const;

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

async function go(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
}

/** Where the toast says that a file was saved. */
async function savedFile(page: Page): Promise<Buffer> {
  const words = await page.getByText(/^Saved: /).last().textContent();
  return readFileSync(words!.replace(/^\s*Saved: /, '').trim());
}

async function thisMonth(shop: Shop): Promise<{ first: string; last: string }> {
  const { today } = await shop.ask('app_show', {});
  return { first: `${today.slice(0, 8)}01`, last: today };
}

/** The tenth of the next month. */
function tenth(today: string): string {
  const [year = 0, month = 1] = today.split('-').map(Number);
  return new Date(Date.UTC(year, month, 10)).toISOString().slice(0, 10);
}

test.use({ ownShop: 'reconciliation' });

test.beforeAll(async ({ shop, browser }) => {
  test.setTimeout(180_000);
  await shop.signIn(browser);
  // No month ends on the way, whatever day it is.
  await shop.ask('clock_move', { to: 'date', date: tenth((await shop.ask('app_show', {})).today) });
  const { users } = await shop.ask('phone_show', {});
  const phone = users[0]!.phone;
  for (const [name, price] of [['Mads Krogh', '1.000,00'], ['Åse Nørgaard', '349,50']] as const) {
    const invoiceId = await shop.send(name, price, 'phone', phone);
    await shop.ask('phone_pay', { phone, invoiceId });
    await shop.ask('invoice_refresh', { id: invoiceId });
  }
});

test('what was paid matches what MobilePay tells, and the payouts are there', async ({ shop, page }) => {
  await shop.show(page);
  await go(page, WORDS.en.page);
  await expect(page.getByText('Not fetched yet')).toBeVisible();
  await expect(page.getByRole('row', { name: /Mads Krogh/ })).toContainText('Not fetched from MobilePay since it was paid');
  await picture(page, 'reconciliation-before');
  await page.getByRole('button', { name: 'Fetch from MobilePay' }).click();
  await expect(page.getByText(/^Fetched /)).toBeVisible();
  await expect(page.getByText('Nothing is left over')).toBeVisible();
  await page.getByRole('button', { name: /^Matched/ }).click();
  await expect(page.getByRole('row', { name: /Åse Nørgaard/ })).toContainText('Payment id');
  await expect(page.getByRole('button', { name: /^Matched/ })).toContainText('1.686,88');
  await picture(page, 'reconciliation-matched');
  await shop.ask('clock_move', { to: 'day' });
  await expect(page.getByText('it is 11 ')).toBeVisible();
  await page.getByRole('button', { name: 'Fetch from MobilePay' }).click();
  await page.getByRole('button', { name: /^Payouts/ }).click();
  await expect(page.getByRole('button', { name: /^Payouts/ })).toContainText(/1 payout/);
  await picture(page, 'reconciliation-payouts');
});

test('an invoice is opened from its row, by keys alone', async ({ shop, page }) => {
  await shop.ask('reconciliation_fetch', await thisMonth(shop));
  await shop.show(page);
  await go(page, WORDS.en.page);
  await page.getByRole('button', { name: /^Matched/ }).focus();
  await page.keyboard.press('Enter');
  const invoice = page.getByRole('row', { name: /Mads Krogh/ }).getByRole('button');
  await invoice.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: /Invoice/ })).toContainText('Mads Krogh');
});

test('the reconciliation and the list are saved for Excel and for any spreadsheet', async ({ shop, page }) => {
  await shop.show(page);
  await go(page, WORDS.en.page);
  await page.getByRole('button', { name: /^Save as/ }).click();
  await page.getByRole('menuitem', { name: /CSV/ }).click();
  const text = (await savedFile(page)).toString('utf8');
  expect(text.startsWith('\ufeffGroup;Day;Invoice number;')).toBe(true);
  expect(text).toContain(';1250,00;DKK;');
  await go(page, 'Invoices');
  await page.getByRole('button', { name: /^Save as/ }).click();
  await page.getByRole('menuitem', { name: 'Excel' }).click();
  await expect(page.getByText(/^Saved: .*xlsx$/)).toBeVisible();
  expect((await savedFile(page)).subarray(0, 2).toString()).toBe('PK');
});

test('days out of order are said to be so and nothing is asked', async ({ shop, page }) => {
  await shop.show(page);
  await go(page, WORDS.en.page);
  await page.getByRole('textbox', { name: 'to', exact: true }).fill('1.1.2020');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('must end after it begins');
  await expect(page.getByRole('button', { name: 'Fetch from MobilePay' })).toBeDisabled();
});

for (const language of ['en', 'da', 'fi'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`no barrier in ${language}, ${theme}`, async ({ shop, page }) => {
      const words = WORDS[language];
      await shop.ask('reconciliation_fetch', await thisMonth(shop));
      await shop.show(page, { language, theme });
      await go(page, words.page);
      await expect(page.getByRole('button', { name: words.unmatched })).toBeVisible();
      const found = [await barriers(page)];
      await page.getByRole('button', { name: new RegExp(`^${words.matched}`) }).click();
      await expect(page.getByRole('row')).toHaveCount(3);
      await picture(page, `reconciliation-${language}-${theme}`);
      found.push(await barriers(page));
      expect(found).toEqual([[], []]);
    });
  }
}

test('with the largest text in the smallest window nothing reaches beyond the page', async ({ shop, page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await shop.show(page, { language: 'fi', textSize: 'larger' });
  await page.getByRole('navigation').getByRole('button', { name: WORDS.fi.page }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(WORDS.fi.page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});
