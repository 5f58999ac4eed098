// What a window gives away: everything that it shows, keeps, says and exchanges, to be searched for secrets.

import type { Page } from '@playwright/test';
import { tracesIn } from './traces';

/** Everything that a page shows, keeps, says and exchanges from here on, by place. */
export class Watched {
  readonly #page: Page;
  readonly #said: string[] = [];
  readonly #exchanged: string[] = [];
  readonly #shown: string[] = [];
  readonly #boxes: string[] = [];

  constructor(page: Page) {
    this.#page = page;
    page.on('console', (message) => this.#said.push(message.text()));
    page.on('pageerror', (error) => this.#said.push(`${error.message} ${error.stack}`));
    page.on('request', (request) => {
      // The commands into which the merchant types the secrets.
      const typed = /\/commands\/connection_(add|change|check)$/.test(request.url());
      this.#exchanged.push(`${request.url()} ${typed ? '' : (request.postData() ?? '')}`);
    });
    page.on('response', (response) => {
      // A stream of events has no end while the page is there; events are searched by the test of the process.
      if (!response.url().includes('/commands/')) return;
      void response.text().then((text) => this.#exchanged.push(text), () => undefined);
    });
  }

  /** Takes down the page as it stands, with every fold opened. */
  async look(): Promise<void> {
    const { boxes, folds } = await this.#page.evaluate(() => {
      const all = [...document.querySelectorAll('details')];
      for (const fold of all) fold.open = true;
      const fields = [...document.querySelectorAll<HTMLInputElement>('input, textarea, select')];
      return { boxes: fields.map((field) => `${field.value} ${field.defaultValue} ${field.title} ${field.placeholder}`), folds: all.length };
    });
    this.#boxes.push(...boxes, `${folds} folds`);
    this.#shown.push(await this.#page.content(), await this.#page.title());
  }

  /** What is found of these secrets, by place. */
  async find(secrets: ReadonlyMap<string, string>): Promise<Record<string, string[]>> {
    await this.look();
    const kept = await this.#page.evaluate(async () => {
      const databases = (await indexedDB.databases()).map(({ name }) => name);
      const caches_ = 'caches' in window ? await caches.keys() : [];
      return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, databases, caches_, document.cookie, history.state, location.href, name]);
    });
    const visited = await this.#page.evaluate(() => JSON.stringify(performance.getEntries()));
    const places = {
      boxes: this.#boxes.join('\n'),
      console: this.#said.join('\n'),
      document: this.#shown.join('\n'),
      messages: this.#exchanged.join('\n'),
      storage: kept,
      visited,
    };
    return Object.fromEntries(Object.entries(places).map(([place, text]) => [place, tracesIn(text, secrets)]));
  }
}
