// The practice clock and the phone, played by point and click: overdue, planned, failing, declined, expired.

import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './shop';

const PICTURES = process.env.KVIT_PICTURES;
const WORDS = {
  en: { phone: 'Customer’s phone', clock: 'Practice time', day: 'A day on' },
  da: { phone: 'Kundens telefon', clock: 'Øvetid', day: 'En dag frem' },
  fi: { phone: 'Asiakkaan puhelin', clock: 'Harjoitusaika', day: 'Päivä eteenpäin' },
} as const;

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

/** The phone beside the window, of a number. */
async function takePhone(page: Page, user = 0): Promise<Locator> {
  await page.getByRole('button', { name: WORDS.en.phone }).click();
  const dock = page.getByRole('complementary', { name: WORDS.en.phone });
  const whose = dock.getByRole('combobox');
  await whose.selectOption({ index: user });
  return dock;
}

test.use({ ownShop: 'practice-clock' });

test.beforeAll(async ({ shop, browser }) => {
  test.setTimeout(120_000);
  await shop.signIn(browser);
});

test('a bill becomes overdue and then expires, and the figures of the merchant follow', async ({ shop, page }) => {
  const { users } = await shop.ask('phone_show', {});
  await shop.send('Mads Krogh', '1.000,00', 'phone', users[0]!.phone);
  await shop.show(page);
  const dock = await takePhone(page);
  const clock = dock.getByRole('region', { name: WORDS.en.clock });
  await expect(clock).toContainText('as on this computer');
  await picture(page, 'clock-unmoved');
  await dock.getByRole('button', { name: 'To its due date' }).click();
  await expect(clock).toContainText(/days ahead/);
  await expect(page.getByRole('button', { name: /Practice time has been moved/ })).toBeVisible();
  await expect(dock.getByRole('button', { name: 'To its due date' })).toHaveCount(0);
  await clock.getByRole('button', { name: WORDS.en.day }).click();
  await expect(page.getByRole('button', { name: /^Overdue/ })).toContainText('1 invoice');
  await picture(page, 'clock-overdue');
  await dock.getByRole('button', { name: 'To its expiry' }).click();
  await expect(dock.getByRole('article')).toContainText('Withdrawn');
  await expect(page.getByRole('button', { name: /^Overdue/ })).toContainText('0 invoices');
});

test('a planned payment is made on its day', async ({ shop, page }) => {
  const { users } = await shop.ask('phone_show', {});
  const id = await shop.send('Åse Nørgaard', '349,50', 'phone', users[2]!.phone);
  await shop.show(page);
  const dock = await takePhone(page, 2);
  await dock.getByRole('button', { name: 'Pay later' }).click();
  await dock.getByRole('button', { name: 'Plan it' }).click();
  await expect(dock.getByRole('article')).toContainText('Pays');
  await dock.getByRole('button', { name: 'To the day of payment' }).click();
  await expect(dock.getByRole('article')).toContainText('Paid');
  expect((await shop.ask('invoice_show', { id })).row.state).toBe('paid');
});

test('a planned payment from an expired card fails on its day, and the bill says what can be done', async ({ shop, page }) => {
  const { users } = await shop.ask('phone_show', {});
  const user = users.findIndex((one) => one.cardExpired);
  await shop.send('Ida Storm', '80,00', 'phone', users[user]!.phone);
  await shop.show(page);
  const dock = await takePhone(page, user);
  await dock.getByRole('button', { name: 'Pay later' }).click();
  await dock.getByRole('button', { name: 'Plan it' }).click();
  await dock.getByRole('button', { name: 'To the day of payment' }).click();
  await expect(dock.getByRole('article')).toContainText('Payment failed');
  await expect(dock.getByRole('article')).toContainText('did not go through');
  await picture(page, 'clock-failed');
  await dock.getByRole('button', { name: 'Pay now' }).click();
  await expect(dock.getByRole('status').filter({ hasText: 'expired' })).toBeVisible();
  await dock.getByRole('button', { name: 'Decline' }).click();
  await dock.getByRole('button', { name: 'Decline' }).click();
  await expect(dock.getByRole('article')).toContainText('Declined');
});

test('a chosen day is reached by keys alone, and one before today cannot be chosen', async ({ shop, page }) => {
  await shop.show(page);
  const dock = await takePhone(page);
  const { clock: before } = await shop.ask('app_show', {});
  const clock = dock.getByRole('region', { name: WORDS.en.clock });
  await clock.getByRole('button', { name: 'To a day…' }).focus();
  await page.keyboard.press('Enter');
  const day = clock.getByRole('textbox', { name: 'To a day…' });
  await expect(day).toBeFocused();
  await day.fill('1.1.2020');
  await page.keyboard.press('Enter');
  await expect(clock).toContainText('This day is too early.');
  await expect(clock.getByRole('button', { name: 'Move' })).toBeDisabled();
  const wanted = new Date(Date.parse(before!.today) + 3 * 86_400_000).toISOString().slice(0, 10);
  await day.fill(wanted);
  await page.keyboard.press('Enter');
  await expect(clock.getByRole('button', { name: 'To a day…' })).toBeVisible();
  await expect.poll(async () => (await shop.ask('clock_show', {})).today).toBe(wanted);
});

for (const language of ['en', 'da', 'fi'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`no barrier in ${language}, ${theme}`, async ({ shop, page }) => {
      await shop.show(page, { language, theme });
      await page.getByRole('button', { name: WORDS[language].phone }).click();
      const clock = page.getByRole('region', { name: WORDS[language].clock });
      await expect(clock.getByRole('button', { name: WORDS[language].day })).toBeVisible();
      await picture(page, `clock-${language}-${theme}`);
      expect(await barriers(page)).toEqual([]);
    });
  }
}
