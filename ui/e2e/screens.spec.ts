// Every screen of the first thread, with a shop in it: no barrier that axe can find, nothing that the page complains of,
// in three languages, light and dark, and with the largest text.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './shop';

const WORDS = {
  en: { pages: 'Pages', invoices: 'Invoices', customers: 'Customers', settings: 'Settings', write: 'New invoice' },
  da: { pages: 'Sider', invoices: 'Fakturaer', customers: 'Kunder', settings: 'Indstillinger', write: 'Ny faktura' },
  fi: { pages: 'Sivut', invoices: 'Laskut', customers: 'Asiakkaat', settings: 'Asetukset', write: 'Uusi lasku' },
} as const;

/** What the page said that nobody should have to read. */
function listenTo(page: Page): string[] {
  const said: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !message.location().url.endsWith('/favicon.ico')) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(error.message));
  return said;
}

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

test.use({ ownShop: 'screens' });

test.beforeAll(async ({ shop, browser }) => {
  test.setTimeout(120_000);
  await shop.signIn(browser);
  const { users } = await shop.ask('phone_show', {});
  const first = users[0]!;
  await shop.send('Mads Krogh', '1.000,00', 'phone', first.phone);
  const paid = await shop.send('Åse Nørgaard', '349,50', 'phone', first.phone);
  await shop.send('Café Havnen', '99,95', 'link');
  await shop.ask('phone_pay', { phone: first.phone, invoiceId: paid });
  await shop.ask('invoice_refresh', { id: paid });
  await shop.ask('draft_create', {});
});

for (const language of ['en', 'da', 'fi'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`no barrier in ${language}, ${theme}`, async ({ shop, page }) => {
      const words = WORDS[language];
      const said = listenTo(page);
      await shop.show(page, { language, theme });
      const places = page.getByRole('navigation', { name: words.pages });
      const heading = page.getByRole('heading', { level: 1 });
      const found: Record<string, string[]> = {};

      found.overview = await barriers(page);
      await places.getByRole('button', { name: words.invoices }).click();
      await page.getByRole('row', { name: /Café Havnen/ }).click();
      await expect(page.getByRole('complementary').getByRole('img').first()).toBeVisible();
      found.invoices = await barriers(page);
      for (const place of ['customers', 'settings'] as const) {
        await places.getByRole('button', { name: words[place] }).click();
        await expect(heading).toContainText(words[place]);
        found[place] = await barriers(page);
      }
      await page.keyboard.press('Control+n');
      await expect(heading).toHaveText(words.write);
      found.composer = await barriers(page);

      expect(found).toEqual({ overview: [], invoices: [], customers: [], settings: [], composer: [] });
      expect(said).toEqual([]);
    });
  }
}

test('the list is worked by keys alone, and the pane follows', async ({ shop, page }) => {
  await shop.show(page);
  await page.keyboard.press('Control+2');
  await expect(page.getByRole('row', { name: /Café Havnen/ })).toBeVisible();
  await page.getByRole('searchbox').focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('row', { name: /Café Havnen/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Café Havnen' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('row', { name: /Café Havnen/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: /Invoice/ })).toContainText('Åse Nørgaard');
});

test('search is blind to case and to the letters of the North', async ({ shop, page }) => {
  await shop.show(page);
  await page.keyboard.press('Control+2');
  await page.getByRole('searchbox').fill('ASE NORG');
  await expect(page.getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('row', { name: /Åse Nørgaard/ })).toBeVisible();
});

test('a paid invoice says so in the list, in the pane and in the figures', async ({ shop, page }) => {
  await shop.show(page);
  await page.getByRole('button', { name: /Paid this month/ }).click();
  const row = page.getByRole('row', { name: /Åse Nørgaard/ });
  await expect(row).toContainText('Paid');
  await row.click();
  const pane = page.getByRole('complementary', { name: /Invoice/ });
  await expect(pane).toContainText('The money is taken.');
  await expect(pane.getByRole('button', { name: 'Cancel invoice' })).toHaveCount(0);
});

test('the world follows while one looks: an invoice that is paid meanwhile says so by itself', async ({ shop, page }) => {
  const { phone, bills } = await shop.ask('phone_show', {});
  const { invoiceId } = bills.find((bill) => bill.state === 'open' && !bill.byLink)!;
  await shop.show(page);
  await page.keyboard.press('Control+2');
  const row = page.getByRole('row', { name: /Mads Krogh/ });
  await expect(row).toContainText('On the phone');
  await shop.ask('phone_pay', { phone, invoiceId });
  await shop.ask('invoice_refresh', { id: invoiceId });
  await expect(row).toContainText('Paid');
});

test('cancelling asks first and says that the customer is not told', async ({ shop, page }) => {
  await shop.show(page);
  await page.keyboard.press('Control+2');
  await page.getByRole('row', { name: /Café Havnen/ }).click();
  await page.getByRole('button', { name: 'Cancel invoice' }).click();
  const asked = page.getByRole('dialog');
  await expect(asked).toContainText('MobilePay does not tell the customer');
  await page.keyboard.press('Escape');
  await expect(asked).toBeHidden();
  await page.getByRole('button', { name: 'Cancel invoice' }).click();
  await asked.getByRole('button', { name: 'Cancel invoice' }).click();
  await expect(page.getByRole('row', { name: /Café Havnen/ })).toContainText('Cancelled');
});

test('what MobilePay says stands in its own language, between the quotation marks of the window’s', async ({ shop, page }) => {
  const id = await shop.hand('Nobody There', '10,00', 'phone', '+4511111111');
  await expect.poll(async () => (await shop.ask('invoice_show', { id })).row.state, { timeout: 30_000 }).toBe('refused');
  const { text } = (await shop.ask('invoice_show', { id })).refusal!;
  await shop.show(page, { language: 'fi' });
  await page.keyboard.press('Control+2');
  await page.getByRole('row', { name: /Nobody There/ }).click();
  const said = page.getByRole('complementary', { name: /Lasku/ }).getByText('MobilePay sanoo').locator('[lang=en]');
  await expect(said).toHaveText(`”${text}”`);
});

test('with the largest text in the smallest window nothing reaches beyond its page', async ({ shop, page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await shop.show(page, { language: 'fi', textSize: 'larger' });
  for (const place of [WORDS.fi.invoices, WORDS.fi.customers, WORDS.fi.settings]) {
    await page.getByRole('navigation', { name: WORDS.fi.pages }).getByRole('button', { name: place }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(place);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  }
});
