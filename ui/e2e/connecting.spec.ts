// Connecting MobilePay as a merchant who has never heard of OAuth: each step, a file with the credentials, a check that names
// the wrong piece, and a sign-in that says what it got. The provider is the practice world's, connected to as a sandbox.

import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import da from '../messages/da.json' with { type: 'json' };
import en from '../messages/en.json' with { type: 'json' };
import fi from '../messages/fi.json' with { type: 'json' };
import { expect, Shop, test } from './shop';

const WORDS = { en, da, fi };
const FILE = 'Dear merchant,\n\nClient id: kvit.practice.client\nClient secret: practice-world-client-secret-not-a-secret\n';

/** A guide in the window, and the provider that it is led to. */
class Guided {
  readonly dialog: Locator;

  constructor(
    readonly page: Page,
    readonly words: typeof en,
  ) {
    this.dialog = page.getByRole('dialog');
  }

  async open(): Promise<void> {
    await this.page.keyboard.press('Control+,');
    await this.page.getByRole('main').getByRole('button', { name: this.words['settings.connect'], exact: true }).click();
  }

  next(): Promise<void> {
    return this.dialog.getByRole('button', { name: this.words['guide.next'], exact: true }).click();
  }

  fill(label: keyof typeof en, text: string): Promise<void> {
    return this.dialog.getByLabel(this.words[label], { exact: true }).fill(text);
  }

  async at(step: keyof typeof en): Promise<void> {
    await expect(this.dialog.getByRole('group', { name: this.words[step] })).toBeVisible();
  }

  async barriers(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  }
}

/** Goes through all steps to the check; answers what axe found on the way. */
async function throughTheSteps(guided: Guided, shop: Shop, gatewaySecret: string): Promise<string[]> {
  const { connections } = await shop.ask('app_show', {});
  const practice = connections[0]!;
  const found: string[] = [];
  const look = async (): Promise<void> => void found.push(...(await guided.barriers()));

  await guided.at('guide.step.world');
  await guided.dialog.getByText(guided.words['guide.other_addresses']).click();
  await guided.fill('settings.connection_name', 'Nordhavn sandbox');
  await guided.fill('guide.discovery', practice.discoveryUrl);
  await guided.fill('guide.issuer', 'https://api.mobilepay.dk/merchant');
  await guided.fill('guide.api', practice.apiBaseUrl);
  await look();
  await guided.next();
  await guided.at('guide.step.app');
  await guided.fill('settings.gateway_id', 'practice-world-gateway-id');
  await guided.fill('settings.gateway_secret', gatewaySecret);
  await look();
  await guided.next();
  await guided.at('guide.step.oauth');
  await guided.dialog.locator('input[type=file]').setInputFiles({ name: 'credentials.txt', mimeType: 'text/plain', buffer: Buffer.from(FILE) });
  await expect(guided.dialog.getByText(guided.words['guide.file_read'])).toBeVisible();
  await expect(guided.dialog.getByLabel(guided.words['settings.client_id'])).toHaveValue('kvit.practice.client');
  await look();
  await guided.next();
  await guided.at('guide.step.back');
  // The practice world's page belongs to the practice world: nobody is written to about it.
  await guided.fill('settings.redirect', practice.redirectUri);
  await guided.dialog.getByLabel(guided.words['settings.redirect'], { exact: true }).blur();
  await expect(guided.dialog.getByLabel(guided.words['settings.redirect'], { exact: true })).toHaveAccessibleDescription(guided.words['guide.address_not_sandbox']);
  await expect(guided.dialog.getByRole('button', { name: guided.words['guide.letter_open'] })).toBeDisabled();
  await look();
  await guided.dialog.getByText(guided.words['guide.door_here'], { exact: true }).click();
  await expect(guided.dialog.getByLabel(guided.words['guide.letter'])).toHaveValue(/Redirect URI: http:\/\/127\.0\.0\.1:7890\//);
  await expect(guided.dialog.getByRole('button', { name: guided.words['guide.letter_open'] })).toBeEnabled();
  await look();
  await guided.next();
  await guided.at('guide.step.check');
  await guided.dialog.getByRole('button', { name: guided.words['guide.check'] }).click();
  await expect(guided.dialog.getByText(guided.words['piece.issuer'], { exact: true })).toBeVisible();
  await look();
  return found;
}

test.beforeEach(async ({ shop }) => void (await shop.ask('unfinished_keep', { form: null })));

for (const language of ['en', 'da', 'fi'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`the guide has no barrier in ${language}, ${theme}, and the check names the wrong piece`, async ({ shop, page }) => {
      const words = WORDS[language];
      await shop.show(page, { language, theme });
      const guided = new Guided(page, words);
      await guided.open();
      expect(await throughTheSteps(guided, shop, 'not-the-secret')).toEqual([]);
      const wrong = guided.dialog.getByRole('listitem').filter({ hasText: words['found.gateway_refused'] });
      await expect(wrong).toContainText(words['verdict.bad']);
      await expect(guided.dialog.getByText(words['found.oauth_known'].replace('{about}', 'kvit.practice.client'))).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(guided.dialog).toBeHidden();
    });
  }
}

test('a step is not left while something is missing, and the box gets the focus', async ({ shop, page }) => {
  await shop.show(page);
  const guided = new Guided(page, en);
  await guided.open();
  await guided.next();
  const box = guided.dialog.getByLabel(en['settings.connection_name'], { exact: true });
  await expect(box).toBeFocused();
  await expect(box).toHaveAccessibleDescription(en['guide.missing']);
});

test('connected and signed in: it says for whom, under which names, and until when', async ({ page, browser }) => {
  // A shop of its own: it ends in another world than it began in.
  const shop = await Shop.open();
  await shop.show(page);
  const guided = new Guided(page, en);
  await guided.open();
  await throughTheSteps(guided, shop, 'practice-world-gateway-secret-not-a-secret');
  await expect(guided.dialog.getByText(en['guide.all_right'])).toBeVisible();
  await guided.dialog.getByRole('button', { name: en['guide.save_sign_in'], exact: true }).click();
  // There is no keychain here: nothing is kept anywhere before the merchant says so, and everything typed is still there.
  await expect(guided.dialog.getByRole('alert')).toContainText(en['refused.keychain_missing']);
  expect(await guided.barriers()).toEqual([]);
  await guided.dialog.getByRole('button', { name: en['guide.this_run_only'] }).click();

  const authorize = await guided.dialog.getByRole('link', { name: en['signin.open_page'] }).getAttribute('href');
  await guided.fill('signin.address', 'https://shop.example/sandbox/return#code=c&id_token=t&state=s');
  await guided.dialog.getByRole('button', { name: en['signin.paste'] }).click();
  await expect(guided.dialog.getByText(en['signin.refused.answer_for_another_place'])).toBeVisible();

  // This computer listens at the address that was chosen, and the browser comes back to it.
  const portal = await browser.newPage();
  await portal.goto(authorize!);
  await portal.locator('button.primary').click();
  await portal.locator('button.primary').click();
  await portal.waitForURL('http://127.0.0.1:7890/');
  await portal.close();
  await expect(guided.dialog.getByText('Kvit may now invoice for Nordhavn Cykler.')).toBeVisible();
  await expect(guided.dialog.getByRole('listitem').filter({ hasText: 'Nordhavn Cykeludlejning' })).toContainText(en['issuer.pending']);
  await expect(guided.dialog.getByText(/Unused, the consent lasts until/)).toBeVisible();
  await guided.dialog.getByRole('button', { name: en['signin.done_close'] }).click();
  await expect(guided.dialog).toBeHidden();
  // The sign-in brought them, and saving the page as it stands must not take them away again.
  await expect(page.getByLabel(en['settings.business_name'])).toHaveValue('Nordhavn Cykler');
  await shop.close();
});

test('what was typed of a connection is there when the guide is opened again, and can be thrown away', async ({ shop, page }) => {
  await shop.show(page);
  const guided = new Guided(page, en);
  await guided.open();
  await guided.dialog.getByText(en['world.production'], { exact: true }).click();
  await expect(guided.dialog.getByText(en['guide.world_production'])).toBeVisible();
  await guided.dialog.getByRole('button', { name: en['guide.merchant_portal'] }).click();
  await expect(page.getByText('https://admin.mobilepay.dk/')).toBeVisible();
  await guided.fill('settings.connection_name', 'Nordhavn');
  await guided.next();
  await guided.at('guide.step.app');
  await guided.fill('settings.gateway_secret', 'a secret');
  await page.keyboard.press('Escape');
  await expect(guided.dialog).toBeHidden();

  await page.reload();
  await guided.open();
  await guided.at('guide.step.app');
  await expect(guided.dialog.getByText(en['guide.resumed'])).toBeVisible();
  await expect(guided.dialog.getByLabel(en['settings.gateway_secret'])).toHaveValue('');
  expect(await guided.barriers()).toEqual([]);
  await guided.dialog.getByRole('button', { name: en['guide.back_one'], exact: true }).click();
  await expect(guided.dialog.getByLabel(en['settings.connection_name'], { exact: true })).toHaveValue('Nordhavn');
  await guided.dialog.getByRole('button', { name: en['guide.start_afresh'] }).click();
  await expect(guided.dialog.getByLabel(en['settings.connection_name'], { exact: true })).toHaveValue('');
  await expect(guided.dialog.getByText(en['guide.resumed'])).toBeHidden();
  await page.keyboard.press('Escape');
  expect(await shop.ask('unfinished_show', {})).toEqual({ form: null });
});

test('while MobilePay has not answered yet, the connection is saved and waits in the list', async ({ page }) => {
  const shop = await Shop.open();
  await shop.ask('keychain_forgo', {});
  await shop.show(page);
  const guided = new Guided(page, en);
  await guided.open();
  await throughTheSteps(guided, shop, 'practice-world-gateway-secret-not-a-secret');
  await guided.dialog.getByRole('button', { name: en['guide.save_for_later'] }).click();
  await expect(guided.dialog).toBeHidden();
  const { connections, current } = await shop.ask('app_show', {});
  expect(current).toBe('practice-dk');
  expect(connections.map(({ name }) => name)).toContain('Nordhavn sandbox');
  await expect(page.getByRole('main').getByText('Nordhavn sandbox')).toBeVisible();
  await shop.close();
});

test('what is put right in the merchant portal leads there', async ({ shop, page }) => {
  await shop.show(page);
  // A provider of the practice world lacks no issuer: the answer of the core says that this one does.
  await page.route('**/commands/connection_check', async (route) => {
    const response = await route.fetch();
    const { pieces } = (await response.json()) as { pieces: Array<{ piece: string }> };
    const lacking = pieces.map((piece) => (piece.piece === 'issuer' ? { piece: 'issuer', verdict: 'bad', finding: 'no_issuer', about: '' } : piece));
    await route.fulfill({ response, json: { pieces: lacking } });
  });
  const guided = new Guided(page, en);
  await guided.open();
  await throughTheSteps(guided, shop, 'practice-world-gateway-secret-not-a-secret');
  const issuer = guided.dialog.getByRole('listitem').filter({ hasText: en['found.no_issuer'] });
  await issuer.getByRole('button', { name: en['guide.merchant_portal'] }).click();
  await expect(page.getByText('https://sandprod-admin.mobilepay.dk/')).toBeVisible();
  await page.keyboard.press('Escape');
});
