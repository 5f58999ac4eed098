// Bad input in the composer: said beside its box in three languages, kept, and never sent; hostile text is shown and harmless.

import { mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './shop';

const WORDS = {
  en: { pages: 'Pages', write: 'New invoice', invoices: 'Invoices', number: 'cannot be read as a number', date: 'is not a date', reference: 'a payment reference can have 60', long: 'there is room for', https: 'begins with https://', unseen: 'an invisible character', refused: 'Not sent yet: 7 things' },
  da: { pages: 'Sider', write: 'Ny faktura', invoices: 'Fakturaer', number: 'kan ikke læses som et tal', date: 'er ikke en dato', reference: 'en betalingsreference kan have 60', long: 'der er plads til', https: 'begynder med https://', unseen: 'et usynligt tegn', refused: 'Ikke sendt endnu: 7 ting' },
  fi: { pages: 'Sivut', write: 'Uusi lasku', invoices: 'Laskut', number: 'ei ole luettavissa lukuna', date: 'ei ole päivämäärä', reference: 'maksun viitteessä voi olla 60', long: 'tilaa on', https: 'jonka alussa on https://', unseen: 'on näkymätön merkki', refused: 'Ei vielä lähetetty: 7 asiaa' },
} as const;

const HOSTILE = '<script>alert(1)</script> 👩‍👩‍👧 שלום "&amp;';

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

/** A box of the composer by its name; of a line, the first line's. */
function box(page: Page, name: string): Locator {
  const [line, column] = name.split('line.');
  return column === undefined ? page.locator(`#box-${line}`) : page.locator(`[id^="box-row-"][id$="-${column}"]`).first();
}

test.use({ ownShop: 'bad-input' });

test.beforeAll(async ({ shop, browser }) => {
  test.setTimeout(120_000);
  await shop.signIn(browser);
});

for (const [language, theme] of [['en', 'light'], ['da', 'dark'], ['fi', 'light']] as const) {
  test(`each bad value is said beside its box and nothing is sent, in ${language}`, async ({ shop, page }) => {
    const words = WORDS[language];
    const { id: before, nextNumber } = await shop.ask('draft_create', {});
    await shop.ask('draft_discard', { id: before });
    await shop.show(page, { language, theme });
    await page.getByRole('button', { name: words.write }).first().click();
    await page.locator('details', { has: page.locator('#box-contactName') }).locator('summary').click();
    const typed: [string, string, string][] = [
      ['dueDate', '0000-00-00', words.date],
      ['line.quantity', '１２３', words.number],
      ['line.unitPrice', 'NaN', words.number],
      ['paymentReference', 'x'.repeat(61), words.reference],
      ['comment', 'å'.repeat(1001), words.long],
      ['contactName', 'Mads\u202eged', words.unseen],
      ['invoiceUrl', 'http://shop.example/1.pdf', words.https],
    ];
    await box(page, 'line.description').fill('Vare');
    for (const [name, text] of typed) await box(page, name).fill(text);
    await page.keyboard.press('Tab');
    for (const [name, text, said] of typed) {
      const field = box(page, name);
      await expect(field, name).toHaveAttribute('aria-invalid', 'true');
      await expect(field, name).toHaveValue(text);
      const described = await field.getAttribute('aria-describedby');
      await expect(page.locator(`[id="${described}"]`), name).toContainText(said);
    }
    await picture(page, `${language}-1-beside`);
    await page.getByRole('button', { name: /^(Send as link|Send som link|Lähetä linkkinä|Send to phone|Send til telefon|Lähetä puhelimeen)$/ }).click();
    const summary = page.getByRole('alert').filter({ hasText: words.refused.replace(/ \d.*/, '') });
    await expect(summary.getByRole('heading')).toBeFocused();
    await picture(page, `${language}-2-refused`);
    expect(await barriers(page)).toEqual([]);
    // The first of the list leads to the first box that is wrong, from top to bottom.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(box(page, 'dueDate')).toBeFocused();
    const { drafts } = await shop.ask('draft_list', {});
    expect(drafts).toHaveLength(1);
    const kept = await shop.ask('draft_show', { id: drafts[0]!.id });
    expect(kept.nextNumber).toBe(nextNumber);
    expect([kept.form.dueDate, kept.form.lines[0]!.unitPrice, kept.form.contactName]).toEqual(['0000-00-00', 'NaN', 'Mads\u202eged']);
    await shop.ask('draft_discard', { id: kept.id });
  });
}

test('hostile text is shown as it is, in the list, the pane and on paper, and runs nowhere', async ({ shop, page }) => {
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await shop.send(HOSTILE, '100,00', 'link');
  await shop.show(page);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Invoices' }).click();
  const row = page.getByRole('row').filter({ hasText: HOSTILE });
  await expect(row).toBeVisible();
  await row.click();
  const pane = page.getByRole('complementary').last();
  await expect(pane.getByRole('heading', { name: HOSTILE })).toBeVisible();
  await expect(pane.getByRole('img').first()).toBeVisible();
  await picture(page, 'hostile');
  expect(await barriers(page)).toEqual([]);
  expect(await page.locator('main script').count()).toBe(0);
  expect(dialogs).toEqual([]);
});

test('half of a character, as a cut-off emoji leaves it, does not keep a draft from being saved', async ({ shop, page }) => {
  await shop.show(page);
  await page.getByRole('button', { name: 'New invoice' }).first().click();
  await box(page, 'comment').evaluate((field: HTMLTextAreaElement) => {
    field.value = 'a\ud83d';
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await expect.poll(async () => {
    const { drafts } = await shop.ask('draft_list', {});
    return (await shop.ask('draft_show', { id: drafts[0]!.id })).form.comment;
  }).toBe('a\ufffd');
  await expect(page.getByRole('status').filter({ hasText: 'aved' })).toBeVisible();
});

test('a click is not lost when the box that it leaves has something to say or is right at last', async ({ shop, page }) => {
  await shop.show(page);
  await page.getByRole('button', { name: WORDS.en.write }).first().click();
  await box(page, 'line.description').fill('Bike');
  await box(page, 'line.unitPrice').fill('twelve');
  const opener = page.getByRole('button', { name: 'Pick a day: Due' });
  await page.getByRole('button', { name: 'Send as link', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText(WORDS.en.number);
  await box(page, 'line.unitPrice').fill('12');
  await opener.hover();
  const before = await opener.boundingBox();
  // Whoever presses leaves the price, which is read and right now: the list above gets shorter.
  const read = page.waitForResponse('**/commands/draft_save');
  await page.mouse.down();
  await (await read).finished();
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  expect(await opener.boundingBox()).toEqual(before);
  await page.mouse.up();
  const month = page.getByRole('dialog', { name: 'Due' });
  await expect(month).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  // The box moved up, and its month with it.
  await expect.poll(async () => Math.round((await month.boundingBox())!.y - (await page.locator('#box-dueDate').boundingBox())!.y)).toBeLessThan(60);
  expect((await opener.boundingBox())!.y).toBeLessThan(before!.y);
});
