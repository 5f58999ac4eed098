/**
 * A shop for the journeys: the real core over loopback HTTP with books of its own, its practice world, and nothing kept
 * afterwards. Secrets stay in the core's memory: there is no keychain for it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Browser, type Page } from '@playwright/test';
import type { ChannelName, Commands, SettingsView } from '../src/bridge/generated';

const TARGET = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../target', import.meta.url));
const PROGRAM = join(TARGET, 'debug', process.platform === 'win32' ? 'webhost.exe' : 'webhost');

export class Shop {
  readonly #core: ChildProcess;
  readonly #folder: string;
  readonly #at: { url: string; bearer: string; ui: string };

  private constructor(core: ChildProcess, folder: string, at: Shop['place']) {
    this.#core = core;
    this.#folder = folder;
    this.#at = at;
  }

  /** Where it listens, and what opens it. */
  get place(): { url: string; bearer: string; ui: string } {
    return this.#at;
  }

  /** With what `prepare` puts into the folder before. */
  static async open(prepare: (folder: string) => void = () => {}): Promise<Shop> {
    const folder = mkdtempSync(join(tmpdir(), 'kvit-shop-'));
    prepare(folder);
    const core = spawn(PROGRAM, ['--data', folder], {
      env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'disabled:', RUST_LOG: 'error' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // The first line says all that a driver needs.
    const [line] = (await once(createInterface({ input: core.stdout! }), 'line')) as [string];
    return new Shop(core, folder, JSON.parse(line) as Shop['place']);
  }

  async ask<N extends keyof Commands>(name: N, input: Commands[N]['input']): Promise<Commands[N]['output']> {
    const answer = await fetch(`${this.#at.url}/commands/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#at.bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
    return (await answer.json()) as Commands[N]['output'];
  }

  /** Signs in as a merchant does: log in and consent in a browser; the link that would open the program is pasted. */
  async signIn(browser: Browser): Promise<void> {
    await this.ask('keychain_forgo', {});
    const { authorizeUrl } = await this.ask('signin_begin', {});
    const page = await browser.newPage();
    await page.goto(authorizeUrl);
    const back = page.getByRole('link', { name: /Kvit/ });
    const onward = page.locator('button.primary');
    await onward.click();
    await onward.click();
    const address = (await back.getAttribute('href')) ?? '';
    const { session } = await this.ask('signin_paste', { address });
    expect(session.state).toBe('signed_in');
    await page.close();
  }

  /** Sends one invoice of one line, and waits until MobilePay has it. Answers its id. */
  async send(name: string, price: string, channel: ChannelName, phone = ''): Promise<string> {
    const id = await this.hand(name, price, channel, phone);
    await expect.poll(async () => (await this.ask('invoice_show', { id })).row.state, { timeout: 30_000 }).toBe('created');
    return id;
  }

  /** Hands one to the outbox, whatever becomes of it. Answers its id. */
  async hand(name: string, price: string, channel: ChannelName, phone = ''): Promise<string> {
    const draft = await this.ask('draft_create', {});
    const { form } = draft;
    const line = { itemNumber: '', description: 'Stort serviceeftersyn', quantity: '1', unit: 'stk', unitPrice: price, vatRate: '25', discount: '' };
    const filled = { ...form, recipient: { ...form.recipient, name, phone }, lines: [line] };
    const saved = await this.ask('draft_save', { id: draft.id, revision: draft.revision, form: filled });
    expect(channel === 'phone' ? saved.reading.canSendToPhone : saved.reading.canSendAsLink).toBe(true);
    const sent = await this.ask('draft_send', { id: saved.id, revision: saved.revision, channel });
    return sent.row.id;
  }

  /** The practice world's own server. */
  async practice(): Promise<string> {
    const { connections, current } = await this.ask('app_show', {});
    return new URL(connections.find(({ id }) => id === current)!.apiBaseUrl).origin;
  }

  /** Strikes what is sent to a route. */
  async strike(fault: Record<string, unknown>): Promise<void> {
    const body = JSON.stringify({ method: 'POST', ...fault });
    const answer = await fetch(`${await this.practice()}/__practice/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(answer.ok).toBe(true);
  }

  /** No fault strikes any more. */
  async heal(): Promise<void> {
    await fetch(`${await this.practice()}/__practice/faults`, { method: 'DELETE' });
  }

  /** The program's own window, in these looks. */
  async show(page: Page, looks: Partial<SettingsView> = {}): Promise<void> {
    await this.ask('settings_save', { language: 'en', theme: 'light', textSize: 'normal', ...looks });
    await page.goto(this.#at.ui);
    await expect(page.getByRole('navigation')).toBeVisible();
  }

  async close(): Promise<void> {
    const ended = once(this.#core, 'exit');
    this.#core.kill('SIGINT');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * A test in a shop that all tests of its file share. A file says with `test.use({ ownShop: 'its name' })` that it wants one of its
 * own: otherwise it may get the one in which another file has been at work.
 */
export const test = base.extend<object, { ownShop: string; shop: Shop }>({
  ownShop: ['', { option: true, scope: 'worker' }],
  shop: [
    async ({ ownShop: _ }, use) => {
      const shop = await Shop.open();
      await use(shop);
      await shop.close();
    },
    { scope: 'worker' },
  ],
});
export { expect };
