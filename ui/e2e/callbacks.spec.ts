// Callbacks in the settings: off at first, explained, turned on, agreed with MobilePay and proven by a real callback.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './shop';

const WORDS = {
  en: { settings: 'Settings', title: 'Callbacks' },
  da: { settings: 'Indstillinger', title: 'Beskeder fra MobilePay (callbacks)' },
  fi: { settings: 'Asetukset', title: 'MobilePayn ilmoitukset (callbacks)' },
} as const;
const SHOTS = process.env.KVIT_SHOTS;

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

function card(page: Page, language: keyof typeof WORDS = 'en') {
  return page.getByRole('region', { name: WORDS[language].title, exact: true });
}

async function shot(page: Page, name: string, language: keyof typeof WORDS = 'en'): Promise<void> {
  if (!SHOTS) return;
  await card(page, language).scrollIntoViewIfNeeded();
  await card(page, language).screenshot({ path: `${SHOTS}/${name}.png` });
}

test.use({ ownShop: 'callbacks' });
test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ shop, browser }) => {
  test.setTimeout(120_000);
  await shop.signIn(browser);
});

test('off until it is set up, and then heard by a real callback', async ({ shop, page }) => {
  test.setTimeout(90_000);
  await shop.show(page);
  await page.keyboard.press('Control+,');
  const here = card(page);
  await expect(here).toContainText('Off');
  await shot(page, 'callbacks-off');
  await here.getByRole('button', { name: 'Set up callbacks' }).click();
  const port = here.getByRole('textbox', { name: 'Port' });
  await port.fill('80');
  await here.getByRole('button', { name: 'Listen', exact: true }).click();
  await expect(here).toContainText('A number from 1024 to 65535.');
  await port.fill(String(20_000 + Math.floor(Math.random() * 20_000)));
  await here.getByRole('button', { name: 'Listen', exact: true }).click();
  await expect(here).toContainText('Not agreed yet');
  const address = here.getByRole('textbox', { name: 'Public address' });
  await expect(address).toHaveValue(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  await address.fill('http://shop.example/kvit');
  await here.getByRole('button', { name: 'Tell MobilePay' }).click();
  await expect(here).toContainText('The address must begin with https.');
  await shot(page, 'callbacks-wrong');
  expect(await barriers(page)).toEqual([]);
  const { localAddress } = await shop.ask('callbacks_show', {});
  await address.fill(localAddress);
  await here.getByRole('button', { name: 'Tell MobilePay' }).click();
  await expect(here.getByText('Listening', { exact: true })).toBeVisible();
  await expect(here).toContainText('Nothing heard yet');
  await shop.send('Mads Krogh', '1.000,00', 'phone', (await shop.ask('phone_show', {})).phone);
  await expect(here).toContainText('Last heard from MobilePay', { timeout: 30_000 });
  await shot(page, 'callbacks-heard');
  const stranger = await fetch(localAddress, { method: 'POST', headers: { authorization: 'Basic eDp5' }, body: '[]' });
  expect(stranger.status).toBe(401);
  await expect(here).toContainText('Somebody came with wrong credentials');
});

test('an id that a callback told is offered for a doubt, and one click settles it', async ({ shop, page }) => {
  test.setTimeout(90_000);
  const { phone } = await shop.ask('phone_show', {});
  await shop.strike({ kind: 'dropAfter', route: '/merchants/{merchant}/invoices', count: 1 });
  const id = await shop.hand('Åse Nørgaard', '349,50', 'phone', phone);
  const state = async (): Promise<string> => (await shop.ask('invoice_show', { id })).row.state;
  await expect.poll(state, { timeout: 30_000 }).toBe('in_doubt');
  const strays = async (): Promise<number> => (await shop.ask('callbacks_strays', {})).strays.length;
  await expect.poll(strays, { timeout: 30_000 }).toBe(1);
  await shop.show(page);
  await page.keyboard.press('Control+4');
  await page.getByRole('button', { name: 'What became of it? Invoice 2' }).click();
  const dialog = page.getByRole('dialog');
  const offered = dialog.getByRole('listitem').getByRole('button');
  await expect(offered).toHaveCount(1);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/callbacks-offered.png` });
  expect(await barriers(page)).toEqual([]);
  await offered.click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('MobilePay confirmed it: that is invoice 2.')).toBeVisible();
  await expect.poll(state, { timeout: 30_000 }).toBe('created');
});

for (const language of ['en', 'da', 'fi'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`no barrier in ${language}, ${theme}`, async ({ shop, page }) => {
      await shop.show(page, { language, theme });
      await page.keyboard.press('Control+,');
      await expect(card(page, language)).toBeVisible();
      await expect(page.locator('#callbacks-there')).toBeVisible();
      expect(await barriers(page)).toEqual([]);
      await shot(page, `callbacks-${language}-${theme}`, language);
    });
  }
}

test('by keys alone it is turned off and on again', async ({ shop, page }) => {
  await shop.show(page);
  await page.keyboard.press('Control+,');
  const here = card(page);
  await here.getByRole('button', { name: 'Stop listening' }).focus();
  await page.keyboard.press('Enter');
  await expect(here).toContainText('Off');
  await expect(here).toContainText('It has no way to be told to stop.');
  await here.getByRole('textbox', { name: 'Port' }).focus();
  await page.keyboard.press('Enter');
  await expect(here.getByText('Listening', { exact: true })).toBeVisible();
});

test('another connection shows the lines for a web server, with the address that is typed', async ({ shop, page }) => {
  const { current } = await shop.ask('app_show', {});
  const added = await shop.ask('connection_add', {
    name: 'Sandbox', world: 'sandbox', country: 'DK', clientId: 'kvit', clientSecret: 'not-a-real-secret', gatewayId: 'gateway',
    gatewaySecret: 'not-a-real-secret', redirectUri: 'https://shop.example/sandbox/return', door: 'return_page', transactions: false,
  });
  await shop.ask('connection_choose', { id: added.id });
  await shop.show(page);
  await page.keyboard.press('Control+,');
  const here = card(page);
  await here.getByRole('button', { name: 'Set up callbacks' }).click();
  await here.getByRole('textbox', { name: 'Port' }).fill(String(40_000 + Math.floor(Math.random() * 9_000)));
  await here.getByRole('button', { name: 'Listen', exact: true }).click();
  await here.getByRole('textbox', { name: 'Public address' }).fill('https://pay.nordhavn.example/kvit');
  const lines = here.getByRole('textbox', { name: 'Lines for your web server' });
  await expect(lines).toHaveValue(/location = \/kvit/);
  await here.getByRole('radio', { name: 'Caddy' }).check({ force: true });
  await expect(lines).toHaveValue(/^pay\.nordhavn\.example \{/);
  expect(await barriers(page)).toEqual([]);
  await shot(page, 'callbacks-proxy');
  await shop.ask('connection_choose', { id: current });
});
