// The outbox: what waits and why, settling what became of an invoice, and passing a link on. MobilePay fails on demand.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { StateName } from '../src/bridge/generated';
import { expect, test, type Shop } from './shop';

const WORDS = {
  en: { pages: 'Pages', outbox: /^Outbox/, heading: 'Outbox', settle: /^What became of it\?/, ready: 'Ready text', email: 'E-mail', close: 'Close' },
  da: { pages: 'Sider', outbox: /^Udbakke/, heading: 'Udbakke', settle: /^Hvad blev der af den\?/, ready: 'Færdig tekst', email: 'E-mail', close: 'Luk' },
  fi: { pages: 'Sivut', outbox: /^Lähtevät/, heading: 'Lähtevät', settle: /^Mitä sille tapahtui\?/, ready: 'Valmis teksti', email: 'Sähköposti', close: 'Sulje' },
} as const;

const PHONE = '/merchants/{merchant}/invoices';
const LINK = '/merchants/{merchant}/invoices/link';

async function serviceIdOf(shop: Shop, number: number): Promise<string> {
  const answer = await fetch(`${await shop.practice()}/__practice/state`);
  const { invoices } = (await answer.json()) as { invoices: { number: string; id: string }[] };
  return invoices.find((invoice) => invoice.number === String(number))!.id;
}

async function becomes(shop: Shop, id: string, state: StateName): Promise<void> {
  await expect.poll(async () => (await shop.ask('invoice_show', { id })).row.state, { timeout: 30_000 }).toBe(state);
}

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

/** A picture for the eye, where somebody wants one. */
async function look(page: Page, name: string): Promise<void> {
  if (process.env.KVIT_SHOTS) await page.screenshot({ path: `${process.env.KVIT_SHOTS}/${name}.png` });
}

let phone = '';
let doubted = '';
let lost = '';

test.use({ ownShop: 'outbox' });
test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ shop, browser }) => {
  test.setTimeout(120_000);
  await shop.signIn(browser);
  phone = (await shop.ask('phone_show', {})).users[0]!.phone;
  await shop.send('Café Havnen', '1.250,00', 'link');
  // Each answer gets lost, also those to what is sent again: the doubt lasts as long as the tests look at it.
  await shop.strike({ kind: 'dropAfter', route: PHONE });
  await shop.strike({ kind: 'dropAfter', route: LINK });
  doubted = await shop.hand('Åse Nørgaard', '349,50', 'phone', phone);
  lost = await shop.hand('Østergade Cykler', '99,95', 'link');
  await becomes(shop, doubted, 'in_doubt');
  await becomes(shop, lost, 'in_doubt');
});

for (const language of ['en', 'da', 'fi'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`no barrier in ${language}, ${theme}`, async ({ shop, page }) => {
      const words = WORDS[language];
      const said: string[] = [];
      page.on('pageerror', (error) => said.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) said.push(message.text());
      });
      await shop.show(page, { language, theme });
      const found: Record<string, string[]> = {};
      await page.getByRole('navigation', { name: words.pages }).getByRole('button', { name: words.outbox }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(words.heading);
      await expect(page.getByRole('button', { name: words.settle })).toHaveCount(2);
      await look(page, `outbox-${language}-${theme}`);
      found.outbox = await barriers(page);
      await page.getByRole('button', { name: words.settle }).last().click();
      await page.getByRole('dialog').getByRole('textbox').fill('301');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog').locator('[aria-invalid=true]')).toBeVisible();
      await look(page, `settle-${language}-${theme}`);
      found.settle = await barriers(page);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+2');
      await page.getByRole('row', { name: /Café Havnen/ }).click();
      await page.getByRole('complementary').getByText(words.email, { exact: true }).click();
      await page.getByRole('textbox', { name: words.ready }).scrollIntoViewIfNeeded();
      await look(page, `link-${language}-${theme}`);
      found.link = await barriers(page);
      expect(found).toEqual({ outbox: [], settle: [], link: [] });
      expect(said).toEqual([]);
    });
  }
}

test('the ready texts speak the customer’s language and are copied as they stand', async ({ shop, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await shop.show(page);
  await page.keyboard.press('Control+2');
  await page.getByRole('row', { name: /Café Havnen/ }).click();
  const pane = page.getByRole('complementary', { name: /Invoice/ });
  const text = pane.getByRole('textbox', { name: 'Ready text' });
  await expect(text).toHaveValue(/^Faktura 1 fra .*1\.562,50\u00a0kr\., forfalder .*Betal med MobilePay: http/);
  await pane.getByLabel('Language of the customer').selectOption('fi');
  await expect(text).toHaveValue(/^Lasku 1, /);
  await pane.getByRole('button', { name: 'Copy text' }).click();
  await expect(page.getByText('The text is copied.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await text.inputValue());
  await pane.getByText('E-mail', { exact: true }).click();
  await expect(text).toHaveValue(/^Hei Café Havnen,\n\n/);
  await expect(pane.getByRole('img', { name: /Code to scan/ })).toBeVisible();
});

test('the count leads to the outbox, which says why each waits and how long, by keys alone', async ({ shop, page }) => {
  await shop.show(page);
  await expect(page.getByRole('button', { name: 'Outbox , 2 wait' })).toBeVisible();
  await page.keyboard.press('Control+4');
  const rows = page.getByRole('region', { name: 'What waits' }).getByRole('listitem');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('MobilePay’s answer got lost: the customer may have the invoice or not.');
  await expect(rows.first()).toContainText(/\d attempts?.*Next try/);
  await expect(rows.last()).toContainText('and the link with it: nobody has it, and nobody can pay.');
  await expect(page.getByText('No number is missing.')).toBeVisible();
  const settle = page.getByRole('button', { name: 'What became of it? Invoice 2' });
  await settle.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'What became of invoice 2?' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(settle).toBeFocused();
});

test('an id that is another invoice’s is not believed, and the right one settles the doubt', async ({ shop, page }) => {
  await shop.show(page);
  await page.keyboard.press('Control+4');
  await page.getByRole('button', { name: 'What became of it? Invoice 2' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Kvit never writes an invoice to a phone anew');
  const box = dialog.getByRole('textbox', { name: /id of the invoice/ });
  await box.fill(await serviceIdOf(shop, 1));
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('That is another invoice: its number differs. Nothing was changed. MobilePay says: 1.');
  await box.fill('00000000-0000-4000-8000-000000000000');
  await expect(dialog).not.toContainText('another invoice');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('MobilePay knows no invoice of your business under this id.');
  await box.fill(`  ${(await serviceIdOf(shop, 2)).toUpperCase()} `);
  await dialog.getByRole('button', { name: 'Check this id' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('MobilePay confirmed it: that is invoice 2.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'What waits' }).getByRole('listitem')).toHaveCount(1);
  await becomes(shop, doubted, 'created');
  await page.keyboard.press('Control+2');
  await page.getByRole('row', { name: /Åse Nørgaard/ }).click();
  const happened = page.getByRole('region', { name: 'What happened' });
  await expect(happened).toContainText('You named its id, and MobilePay confirmed it');
  await look(page, 'timeline');
});

test('a link that came to nothing is given up for a draft', async ({ shop, page }) => {
  await shop.show(page);
  await page.keyboard.press('Control+4');
  const settle = page.getByRole('button', { name: 'What became of it? Invoice 3' });
  await settle.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Give up and write anew' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New invoice');
  await expect(page.getByRole('main')).toContainText('Østergade Cykler');
  await becomes(shop, lost, 'replaced');
  await page.keyboard.press('Control+4');
  await expect(page.getByText('Nothing waits')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Outbox/ })).toHaveAccessibleName('Outbox');
  await look(page, 'empty');
});

test('one that is still held is taken back from the outbox', async ({ shop, page }) => {
  await shop.show(page);
  await page.keyboard.press('Control+4');
  await shop.hand('Mads Krogh', '10,00', 'phone', phone);
  await page.getByRole('button', { name: 'Undo: invoice 4' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New invoice');
});

test('a busy service is left alone: the page says until when, and trying says so too', async ({ shop, page }) => {
  await shop.heal();
  await shop.strike({ kind: 'status', status: 429, retryAfter: 3_000, route: PHONE, count: 1 });
  const first = await shop.hand('Mads Krogh', '20,00', 'phone', phone);
  await becomes(shop, first, 'waiting');
  const second = await shop.hand('Åse Nørgaard', '30,00', 'phone', phone);
  await becomes(shop, second, 'queued');
  await shop.show(page);
  await page.keyboard.press('Control+4');
  await expect(page.getByRole('alert')).toContainText('MobilePay asked to wait. Nothing goes out until then; it goes on by itself. Until');
  const rows = page.getByRole('region', { name: 'What waits' }).getByRole('listitem');
  await expect(rows.nth(0)).toContainText('MobilePay asked to wait. The customer has not got it.');
  await expect(rows.nth(1)).toContainText('It leaves as soon as those before it have left.');
  await look(page, 'busy');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Try all now' }).click();
  await expect(page.getByText(/It goes out .*: the earliest that is safe\./)).toBeVisible();
  await page.getByRole('button', { name: /^4 Mads Krogh/ }).click();
  await expect(page.getByRole('complementary', { name: 'Invoice 4' })).toContainText('Did not get out; it waits');
});

test('with the largest text in the smallest window nothing reaches beyond the page', async ({ shop, page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await shop.show(page, { language: 'fi', textSize: 'larger' });
  await page.keyboard.press('Control+4');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Lähtevät');
  await expect(page.getByRole('listitem').first()).toBeVisible();
  await look(page, 'small');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});
