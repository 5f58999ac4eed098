// Days wherever one is written or picked: in the order of the country, in every usual way, by keys alone, and above everything.

import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './shop';

const WORDS = {
  en: { reconciliation: 'Reconciliation', from: 'From', phone: 'Customer’s phone', later: 'Pay later', on: 'Day', other: 'To a day…', compose: 'New invoice', due: 'Due' },
  da: { reconciliation: 'Afstemning', from: 'Fra', phone: 'Kundens telefon', later: 'Betal senere', on: 'Dag', other: 'Til en dag…', compose: 'Ny faktura', due: 'Forfaldsdato' },
  fi: { reconciliation: 'Täsmäytys', from: 'Alkaen', phone: 'Asiakkaan puhelin', later: 'Maksa myöhemmin', on: 'Päivä', other: 'Tiettyyn päivään…', compose: 'Uusi lasku', due: 'Eräpäivä' },
} as const;
const SHOTS = process.env.KVIT_SHOTS;

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/days-${name}.png` });
}

/** Whether all of it can be seen: inside the window, and nothing lies over its corners. */
async function whole(sheet: Locator): Promise<boolean> {
  return sheet.evaluate((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const corners = [[left + 12, top + 2], [right - 12, top + 2], [left + 12, bottom - 2], [right - 12, bottom - 2]] as const;
    return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && corners.every(([x, y]) => element.contains(document.elementFromPoint(x, y)));
  });
}

/** A day as it is written, and so many days later. */
function written(iso: string, later = 0): string {
  const [year, month, day] = new Date(Date.parse(iso) + later * 86_400_000).toISOString().slice(0, 10).split('-');
  return `${day}.${month}.${year}`;
}

async function go(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
}

let today = '';

test.use({ ownShop: 'days' });

test.beforeAll(async ({ shop, browser }) => {
  test.setTimeout(120_000);
  await shop.signIn(browser);
  const { users } = await shop.ask('phone_show', {});
  await shop.send('Åse Nørgaard', '349,50', 'phone', users[0]!.phone);
  today = (await shop.ask('app_show', {})).today;
});

test('a day is typed in any usual way, and what is none is said beside its box', async ({ shop, page }) => {
  await shop.show(page);
  await go(page, WORDS.en.reconciliation);
  const from = page.getByRole('textbox', { name: 'From', exact: true });
  const fetch = page.getByRole('button', { name: 'Fetch from MobilePay' });
  const own = page.getByRole('radio', { name: 'Own' });
  await expect(from).toHaveValue(`01.${written(today).slice(3)}`);
  // Whoever only passes through changes nothing.
  await from.focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(own).not.toBeChecked();
  for (const text of ['5/1-2026', '5-1-2026', '5/1/2026', ' 5. 1. 2026', '2026-01-05']) {
    await from.fill(text);
    await page.keyboard.press('Enter');
    if (text === '5/1-2026') await expect(page.getByText('“5/1-2026” is not a date.')).toBeVisible();
    else await expect(from).toHaveValue('05.01.2026');
  }
  await expect(own).toBeChecked();
  await expect(fetch).toBeEnabled();
  await from.fill(written(today, 1));
  await page.keyboard.press('Enter');
  await expect(page.getByText(`The last possible one is ${written(today)}.`)).toBeVisible();
  await expect(from).toHaveAttribute('aria-invalid', 'true');
  await expect(fetch).toBeDisabled();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await shot(page, 'wrong');
  await from.fill('');
  await page.keyboard.press('Tab');
  await expect(page.getByText('Write a day, or pick it from the calendar.')).toBeVisible();
});

test('a day is picked by keys alone, and never one that cannot be', async ({ shop, page }) => {
  await shop.show(page);
  await go(page, WORDS.en.reconciliation);
  const to = page.getByRole('textbox', { name: 'to', exact: true });
  await to.focus();
  await page.keyboard.press('Alt+ArrowDown');
  const sheet = page.getByRole('dialog', { name: 'to' });
  const on = (iso: string): Locator => sheet.locator(`[data-day="${iso}"]`);
  await expect(on(today)).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(on(today)).toBeFocused();
  await page.keyboard.press('Shift+PageUp');
  await expect(on(`${Number(today.slice(0, 4)) - 1}${today.slice(4)}`)).toBeFocused();
  await page.keyboard.press('Shift+PageDown');
  await expect(on(today)).toBeFocused();
  // Tab goes round in it.
  for (let stop = 0; stop < 3; stop += 1) await page.keyboard.press('Tab');
  await expect(on(today)).toBeFocused();
  await expect(sheet.getByRole('button', { name: 'Next month' })).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  const opener = page.getByRole('button', { name: 'Pick a day: to' });
  await expect(opener).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(to).toHaveValue(written(today, -7));
  await expect(opener).toBeFocused();
});

test('a payment is planned for a day that the phone allows', async ({ shop, page }) => {
  await shop.show(page);
  await page.getByRole('button', { name: WORDS.en.phone }).click();
  const dock = page.getByRole('complementary', { name: WORDS.en.phone });
  await dock.getByRole('button', { name: WORDS.en.later }).click();
  const day = dock.getByRole('textbox');
  const plan = dock.getByRole('button', { name: 'Plan it' });
  await day.fill('1.1.2020');
  await expect(plan).toBeDisabled();
  await day.fill(written(today, 3));
  await plan.click();
  await expect(dock.getByRole('article')).toContainText(/Pays/);
});

for (const language of ['en', 'da', 'fi'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`no barrier in ${language}, ${theme}`, async ({ shop, page }) => {
      const words = WORDS[language];
      await page.setViewportSize(theme === 'light' ? { width: 1100, height: 720 } : { width: 900, height: 600 });
      await shop.show(page, { language, theme });
      await go(page, words.reconciliation);
      const sheet = page.locator('[popover][role=dialog]');
      const found: Record<string, string[]> = {};
      await page.getByRole('textbox', { name: words.from, exact: true }).press('Alt+ArrowDown');
      await expect(sheet).toBeVisible();
      await shot(page, `reconciliation-${language}-${theme}`);
      expect(await whole(sheet)).toBe(true);
      found.reconciliation = await barriers(page);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: words.phone }).click();
      const dock = page.getByRole('complementary', { name: words.phone });
      await dock.getByRole('button', { name: words.other }).click();
      await dock.getByRole('textbox').press('Alt+ArrowDown');
      await expect(sheet).toBeVisible();
      await shot(page, `clock-${language}-${theme}`);
      expect(await whole(sheet)).toBe(true);
      found.clock = await barriers(page);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+n');
      await page.getByRole('textbox', { name: words.due, exact: true }).press('Alt+ArrowDown');
      await expect(sheet).toBeVisible();
      await shot(page, `composer-${language}-${theme}`);
      expect(await whole(sheet)).toBe(true);
      found.composer = await barriers(page);
      expect(found).toEqual({ reconciliation: [], clock: [], composer: [] });
    });
  }
}
