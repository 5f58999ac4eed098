// Many at once, from a file to the results: what is shown is what is sent, and nothing goes out unseen.

import { mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './shop';

const WORDS = {
  en: { many: 'Many at once', pages: 'Pages', keep: 'Check the rows', choose: 'Choose file' },
  da: { many: 'Mange på én gang', pages: 'Sider', keep: 'Tjek rækkerne', choose: 'Vælg fil' },
  fi: { many: 'Monta kerralla', pages: 'Sivut', keep: 'Tarkista rivit', choose: 'Valitse tiedosto' },
} as const;
type Language = keyof typeof WORDS;

/** A day a month from now, as it is written in Denmark. */
const DUE = new Date(Date.now() + 31 * 86_400_000).toISOString().slice(0, 10).split('-').reverse().join('.');
const HEADINGS = 'Navn;Telefon;Beskrivelse;Antal;Pris;Moms;Forfaldsdato';

function file(name: string, ...rows: string[]): { name: string; mimeType: string; buffer: Buffer } {
  return { name, mimeType: 'text/csv', buffer: Buffer.from([HEADINGS, ...rows].join('\r\n')) };
}

const MIXED = file(
  'medlemmer 2027.csv',
  `Mads Krogh;57 37 32 59;Kontingent 2027;1;1.250,00;25;${DUE}`,
  `Sofie Lund;22 50 98 95;Kontingent 2027;2;249,50;25;${DUE}`,
  `Åse Nørgaard;5737325;Kontingent 2027;1;249,50;25;${DUE}`,
  'Café Havnen;;Catering;12;tolv;25;1.1.2020',
);

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

/** Pictures for whoever judges them; nothing is compared. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.KVIT_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
}

async function toMany(page: Page, language: Language = 'en'): Promise<void> {
  const { pages, many } = WORDS[language];
  await page.getByRole('navigation', { name: pages }).getByRole('button', { name: many }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(many);
}

async function take(page: Page, which: ReturnType<typeof file>, language: Language = 'en'): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(which);
  await page.getByRole('button', { name: WORDS[language].keep }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(which.name);
}

test.use({ ownShop: 'many' });

test.beforeAll(async ({ shop, browser }) => {
  test.setTimeout(120_000);
  await shop.signIn(browser);
});

for (const language of ['en', 'da', 'fi'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`no barrier in ${language}, ${theme}`, async ({ shop, page }) => {
      await shop.show(page, { language, theme });
      await toMany(page, language);
      const found: Record<string, string[]> = { begin: await barriers(page) };
      await picture(page, `${language}-${theme}-1-begin`);
      await page.locator('input[type=file]').setInputFiles(MIXED);
      await expect(page.getByRole('button', { name: WORDS[language].keep })).toBeVisible();
      found.columns = await barriers(page);
      await picture(page, `${language}-${theme}-2-columns`);
      await page.getByRole('button', { name: WORDS[language].keep }).click();
      await page.getByRole('row', { name: /Café Havnen/ }).click();
      await expect(page.getByRole('complementary').getByRole('img').first()).toBeVisible();
      found.rows = await barriers(page);
      await picture(page, `${language}-${theme}-3-row`);
      expect(found).toEqual({ begin: [], columns: [], rows: [] });
    });
  }
}

test('a file is checked, put right, sent as shown, and each invoice can be opened', async ({ shop, page }) => {
  await shop.show(page);
  await toMany(page);
  await take(page, MIXED);
  const rows = page.getByRole('grid', { name: 'Rows' });
  await expect(rows.getByRole('row', { name: /Åse Nørgaard/ })).toContainText('digits are too few');
  await expect(page.getByText('2 invoices, 2.186,25 kr. in all')).toBeVisible();
  await expect(page.getByText('2 rows have problems and stay here.')).toBeVisible();

  await rows.getByRole('row', { name: /Åse Nørgaard/ }).click();
  await page.getByLabel('Phone', { exact: true }).fill('57 37 32 59');
  await page.getByRole('button', { name: 'Save row' }).click();
  await expect(page.getByText('Saved. Nothing stands in the way.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('3 invoices, 2.498,13 kr. in all')).toBeVisible();

  await page.getByRole('button', { name: 'Send 3 invoices' }).click();
  const question = page.getByRole('dialog', { name: 'Send 3 invoices for 2.498,13 kr.?' });
  await expect(question).toContainText('Nothing leaves for the first five seconds');
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'sending-1-question');
  await question.getByRole('button', { name: 'Send 3 invoices' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await picture(page, 'sending-2-held');
  await expect(page.getByText('3 of 4 sent, 1 left to you')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('radio', { name: /Sent/ }).click();
  await expect(rows.getByRole('row')).toHaveCount(4);
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'sending-3-done');
  await rows.getByRole('row', { name: /Sofie Lund/ }).click();
  await page.getByRole('button', { name: 'Open invoice' }).click();
  await expect(page.getByRole('complementary', { name: /Invoice/ })).toContainText('Sofie Lund');
});

test('dates that may be two days are asked about, and one word of the merchant settles them all', async ({ shop, page }) => {
  await shop.show(page);
  await toMany(page);
  await page.locator('input[type=file]').setInputFiles(file('dates.csv', 'Mads Krogh;57 37 32 59;Kontingent;1;10,00;25;02/12/2027'));
  const orders = page.getByRole('group', { name: 'How the dates are written' });
  await expect(orders.getByRole('radio', { name: 'Ask in each row' })).toBeChecked();
  const said = page.getByText('02/12/2027 may be 2 December 2027 or 12 February 2027. Say which, or each such row asks.');
  await expect(said).toBeVisible();
  await picture(page, 'dates-1-open');
  await orders.getByText('Month first').click();
  await expect(page.getByText('02/12/2027 = 12 February 2027')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'dates-2-said');
  await page.getByRole('button', { name: WORDS.en.keep }).click();
  await expect(page.getByRole('row', { name: /Mads Krogh/ })).toContainText('12.02.2027');
});

test('a run is stopped before it leaves, found again after a restart of the window, and sent as links', async ({ shop, page }) => {
  await shop.show(page);
  await toMany(page);
  const name = 'links.csv';
  await take(page, file(name, ...Array.from({ length: 30 }, (_, row) => `Kunde ${row + 1};;Kontingent;1;${row + 1},00;25;${DUE}`)));
  await expect(page.getByText('30 invoices, 581,25 kr. in all')).toBeVisible();
  await page.getByRole('button', { name: 'Send 30 invoices' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send 30 invoices' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: 'Send 30 invoices' })).toBeEnabled();
  await page.getByRole('button', { name: 'Send 30 invoices' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send 30 invoices' }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Go on' })).toBeVisible();
  await picture(page, 'pausing');
  await page.reload();
  await toMany(page);
  await expect(page.getByRole('button', { name: /links\.csv/ })).toContainText('Paused: 0 of 30 sent');
  await picture(page, 'files-so-far');
  await page.getByRole('button', { name: /links\.csv/ }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText('All 30 sent')).toBeVisible({ timeout: 30_000 });
});

test('a file that was sent before is told before it is sent again, and so is each row that repeats an invoice', async ({ shop, page }) => {
  await shop.show(page);
  await toMany(page);
  const again = file('igen.csv', 'Ida Igen;;Kontingent;1;10,00;25;31.12.2026', 'Bo Brix;;Kontingent;1;10,00;25;31.12.2026');
  await take(page, again);
  await page.getByRole('button', { name: 'Send 2 invoices' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send 2 invoices' }).click();
  await expect(page.getByText('All 2 sent')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'All files' }).click();
  await page.locator('input[type=file]').setInputFiles(again);
  await expect(page.getByText(/^This file was sent on .+ already/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'again-1-columns');
  await page.getByRole('button', { name: WORDS.en.keep }).click();
  await expect(page.getByText(/^This file was sent on .+ already/)).toBeVisible();
  await expect(page.getByRole('row', { name: /Ida Igen/ })).toContainText('The same as invoice');
  await page.getByRole('row', { name: /Ida Igen/ }).click();
  await expect(page.getByRole('complementary').getByText('The same as invoice', { exact: false })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'again-2-rows');
  await page.getByRole('button', { name: 'Send 2 invoices' }).click();
  await expect(page.getByRole('dialog')).toContainText('2 of them repeat an invoice');
  await picture(page, 'again-3-question');
});

test('what MobilePay finds invalid afterwards is said in its row', async ({ shop, page }) => {
  await shop.show(page);
  await toMany(page);
  await take(page, file('uden app.csv', `Ingen App;20 11 22 33;Kontingent;1;10,00;25;${DUE}`));
  await page.getByRole('button', { name: 'Send 1 invoice' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send 1 invoice' }).click();
  await expect(page.getByText('One row was refused by MobilePay.', { exact: false })).toBeVisible({ timeout: 30_000 });
  await page.getByRole('row', { name: /Ingen App/ }).click();
  await expect(page.getByText('Put it right here', { exact: false })).toBeVisible();
  await picture(page, 'refused');
});

test('a file that cannot be used gets one sentence, and the next one is taken', async ({ shop, page }) => {
  await shop.show(page);
  await toMany(page);
  await page.locator('input[type=file]').setInputFiles({ name: 'photo.csv', mimeType: 'text/csv', buffer: Buffer.from('%PDF-1.7') });
  await expect(page.getByRole('alert')).toHaveText('This is neither a CSV file nor an Excel file (.xlsx).');
  await picture(page, 'refused-file');
  await take(page, MIXED);
});

test('two thousand rows are scrolled and worked by keys alone, and few of them exist', async ({ shop, page }) => {
  test.setTimeout(90_000);
  await shop.show(page, { textSize: 'larger' });
  await toMany(page);
  const rows = Array.from({ length: 2000 }, (_, row) => `Kunde ${row + 1};;Kontingent;1;${row + 1},00;25;${DUE}`);
  await take(page, file('mange.csv', ...rows));
  const grid = page.getByRole('grid', { name: 'Rows' });
  await expect(grid.getByRole('row', { name: /Kunde 1\b/ })).toBeVisible();
  await picture(page, 'two-thousand-larger');
  await grid.getByRole('row', { name: /Kunde 1\b/ }).focus();
  for (let page_ = 0; page_ < 3; page_ += 1) await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary').getByRole('heading', { level: 2 }).first()).toBeFocused();
  expect(await grid.getByRole('row').count()).toBeLessThan(60);
  await page.keyboard.press('Escape');
  await expect(grid.locator('[role=row]:focus')).toHaveCount(1);
  await page.getByRole('button', { name: 'Forget this file' }).click();
  await expect(page.getByRole('button', { name: /mange\.csv/ })).toHaveCount(0);
});
