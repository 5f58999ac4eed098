// No secret reaches the window: not its document, its boxes, its storage, its console, nor what it asks and is answered.
// The provider echoes every credential in all that it says. The process itself is searched in crates/webhost/tests/leaks.

import type { Page } from '@playwright/test';
import en from '../messages/en.json' with { type: 'json' };
import { Provider } from './provider';
import { expect, Shop, test as base } from './shop';
import { Watched } from './watched';

/** A shop of its own for each test, and the talkative provider. */
const test = base.extend<{ own: Shop; provider: Provider }>({
  own: async ({}, use) => {
    const shop = await Shop.open();
    await shop.ask('keychain_forgo', {});
    await use(shop);
    await shop.close();
  },
  provider: async ({}, use) => {
    const provider = await Provider.start();
    await use(provider);
    provider.close();
  },
});

const NOTHING = { boxes: [], console: [], document: [], messages: [], storage: [], visited: [] };

/** Signs in by an address that is pasted into the core; answers whether it went through. */
async function signIn(shop: Shop, provider: Provider): Promise<boolean> {
  const { authorizeUrl } = await shop.ask('signin_begin', {});
  const address = provider.addressFor(authorizeUrl);
  return shop.ask('signin_paste', { address }).then(() => true, () => false);
}

/** Sends one invoice and waits until it stands in one of these states. */
async function send(shop: Shop, states: string[]): Promise<string> {
  const draft = await shop.ask('draft_create', {});
  const line = { itemNumber: '', description: 'Eftersyn', quantity: '1', unit: 'stk', unitPrice: '100', vatRate: '25', discount: '' };
  const form = { ...draft.form, recipient: { ...draft.form.recipient, name: 'Mads Krogh', phone: '57 37 32 59' }, lines: [line] };
  const saved = await shop.ask('draft_save', { id: draft.id, revision: draft.revision, form });
  const { row } = await shop.ask('draft_send', { id: saved.id, revision: saved.revision, channel: 'phone' });
  await expect.poll(async () => states.includes((await shop.ask('invoice_show', { id: row.id })).row.state), { timeout: 30_000 }).toBe(true);
  return row.id;
}

/** Opens every page of the window, and every invoice. */
async function visitEverything(page: Page, watched: Watched): Promise<void> {
  const places = page.getByRole('navigation', { name: 'Pages' }).getByRole('button');
  for (let at = 0; at < (await places.count()); at++) {
    await places.nth(at).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await watched.look();
    const rows = page.getByRole('row', { name: /Mads Krogh/ });
    for (let row = 0; row < (await rows.count()); row++) {
      await rows.nth(row).click();
      await expect(page.getByRole('complementary', { name: /Invoice/ })).toBeVisible();
      await watched.look();
    }
  }
}

test('no secret reaches the window, whatever the service says back', async ({ own, provider, page }) => {
  test.setTimeout(120_000);
  const watched = new Watched(page);
  const { id } = await own.ask('connection_add', provider.form());
  await own.ask('connection_choose', { id });
  await own.show(page);
  await visitEverything(page, watched);

  provider.tokens.push(400, 500);
  expect([await signIn(own, provider), await signIn(own, provider)]).toEqual([false, false]);
  expect(await signIn(own, provider)).toBe(true);
  provider.creates.push(200, 400, 403, 500);
  const invoice = await send(own, ['created']);
  for (const state of ['refused', 'refused', 'in_doubt']) await send(own, [state]);
  await visitEverything(page, watched);

  // The window itself asks, and is refused with everything that was sent.
  provider.reads.push(400, 403, 500);
  for (let at = 0; at < 3; at++) await own.ask('invoice_refresh', { id: invoice }).catch(() => undefined);
  provider.reads.push(409);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Invoices' }).click();
  await page.getByRole('row', { name: /Mads Krogh/ }).filter({ hasText: 'On the phone' }).click();
  await page.getByRole('button', { name: 'Cancel invoice' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel invoice' }).click();
  await expect(page.getByText(/You sent/).first()).toBeVisible();
  await visitEverything(page, watched);

  await own.ask('session_end', {});
  await visitEverything(page, watched);
  expect(provider.secrets.size).toBeGreaterThan(20);
  expect(await watched.find(provider.secrets)).toEqual(NOTHING);
});

test('what is typed into the form of a connection leaves the window with it', async ({ own, page }) => {
  const watched = new Watched(page);
  const secrets = new Map<string, string>();
  const marked = (name: string): string => {
    const value = `${name}/+=${crypto.randomUUID()}&~%-${crypto.randomUUID()}`;
    secrets.set(value, name);
    return value;
  };
  await own.show(page);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Settings' }).click();
  const form = page.getByRole('dialog');
  const next = (): Promise<void> => form.getByRole('button', { name: en['guide.next'], exact: true }).click();
  const secret = async (label: 'settings.client_secret' | 'settings.gateway_secret'): Promise<void> => {
    const box = form.getByLabel(en[label]);
    await expect(box).toHaveAttribute('type', 'password');
    await box.fill(marked(label));
  };
  const write = async (): Promise<void> => {
    await page.getByRole('main').getByRole('button', { name: en['settings.connect'], exact: true }).last().click();
    // The second time it goes on where secrets are missing.
    if (secrets.size === 0) {
      await form.getByLabel(en['settings.connection_name']).fill('Nordhavn Cykler');
      await next();
    }
    await form.getByLabel(en['settings.gateway_id']).fill(marked('gateway id'));
    await secret('settings.gateway_secret');
    await next();
    await form.getByLabel(en['settings.client_id']).fill('kvit.leaks');
    await secret('settings.client_secret');
    await next();
  };

  // Given up, refused, and saved.
  await write();
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();
  await write();
  await form.getByLabel(en['settings.redirect'], { exact: false }).fill('no address');
  await next();
  await expect(form.getByText(en['guide.address_wrong'])).toBeVisible();
  await form.getByLabel(en['settings.redirect'], { exact: false }).fill('https://shop.example/sandbox/return');
  await next();
  await form.getByRole('button', { name: en['guide.save_sign_in'], exact: true }).click();
  await expect(form.getByRole('heading', { name: en['connection.sign_in'] })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();
  const { connections } = await own.ask('app_show', {});
  expect(connections.map(({ name }) => name)).toContain('Nordhavn Cykler');

  await visitEverything(page, watched);
  expect(secrets.size).toBe(6);
  expect(await watched.find(secrets)).toEqual(NOTHING);
});

test('a secret that is somewhere in the window is found there', async ({ own, page }) => {
  const names = ['boxes', 'console', 'document', 'messages', 'storage'];
  const values = names.map((name) => `${name}/+=${crypto.randomUUID()}&~%-${crypto.randomUUID()}`);
  const [box, said, shown, exchanged, kept] = values as [string, string, string, string, string];
  const watched = new Watched(page);
  await own.show(page);
  await page.evaluate(
    ([said, shown, kept, box]) => {
      console.log(btoa(`said: ${said}`));
      document.body.append(shown!);
      const input = document.createElement('input');
      input.value = box!;
      document.body.append(input);
      sessionStorage.setItem('kept', encodeURIComponent(kept!));
    },
    [said, shown, kept, box],
  );
  await own.ask('draft_create', {});
  await page.evaluate((exchanged) => fetch('/commands/app_show', { method: 'POST', body: exchanged }).then(() => undefined), exchanged);
  const secrets = new Map(values.map((value, at) => [value, names[at]!]));
  const found = await watched.find(secrets);
  for (const name of names) expect(found[name]!.join(), name).toContain(name);
});
