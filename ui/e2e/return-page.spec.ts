// The page that hands a sign-in back to the program, in a real browser: what it forwards, what it refuses, what it leaves behind.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

const html = readFileSync(new URL('../return-page/index.html', import.meta.url));
const GOOD = 'code=c-1&id_token=h.p.s&state=st-1&scope=openid%20invoice&session_state=x';

let server: Server;
let origin: string;
/** Every path that was asked of the host, by whomever. */
const served: string[] = [];

test.beforeAll(async () => {
  server = createServer((request, response) => {
    served.push(request.url ?? '');
    const known = /\breturn\b/i.test(request.url ?? '');
    response.writeHead(known ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' }).end(known ? html : '');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

test.afterAll(() => {
  server.close();
});

/** Opens the page with an answer; says which programs it tried to open, and what it asked of any server. */
async function open(page: Page, path: string, answer: string) {
  const tried: string[] = [];
  const asked: string[] = [];
  const protocol = await page.context().newCDPSession(page);
  await protocol.send('Page.enable');
  protocol.on('Page.frameRequestedNavigation', ({ url }) => {
    if (url.startsWith('dk.kvit.desktop:')) tried.push(url);
  });
  page.on('request', (request) => asked.push(request.url()));
  const complaints: string[] = [];
  page.on('console', (message) => {
    // What the test browser says about a scheme that no program has.
    if (message.type() === 'error' && !message.text().includes('dk.kvit.desktop')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  // Time stands still until a test lets it pass.
  await page.clock.install();
  await page.goto(`${origin}${path}${answer === '' ? '' : `#${answer}`}`);
  return { tried, asked, complaints };
}

/** Lets the time pass that the page stands still before it tries by itself. */
const settle = (page: Page) => page.clock.runFor(1000);

/** An answer whose link has exactly so many characters. */
function answerFor(length: number): string {
  const frame = 'dk.kvit.desktop://return/production?code=c&id_token=&state=s'.length;
  return `code=c&id_token=${'i'.repeat(length - frame)}&state=s`;
}

const LONG = answerFor(2001);

const openLink = (page: Page) => page.getByRole('link', { name: 'Open Kvit' });
const copyButton = (page: Page) => page.getByRole('button', { name: 'Copy the address' });

test.describe('in English', () => {
  test.use({ locale: 'en-GB' });

  test('a good answer is tried once and offered as a link', async ({ page }) => {
    const { tried, complaints } = await open(page, '/merchant/practice/return', GOOD);
    const link = 'dk.kvit.desktop://return/practice?code=c-1&id_token=h.p.s&state=st-1&scope=openid%20invoice&session_state=x';
    await expect(openLink(page)).toHaveAttribute('href', link);
    await expect(page.getByRole('heading')).toHaveText('Almost there. Back to Kvit.');
    await expect(page.getByText('Practice', { exact: true })).toBeVisible();
    expect(tried).toEqual([]);
    await settle(page);
    await expect.poll(() => tried).toEqual([link]);
    await expect(page.getByRole('status')).toContainText('If your browser is asking, answer it first.');
    await settle(page);
    expect(tried).toEqual([link]);
    expect(complaints).toEqual([]);
  });

  test('whoever has begun to use the page is not interrupted', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const { tried } = await open(page, '/return', GOOD);
    await copyButton(page).click();
    await expect(page.getByRole('status')).toContainText('Copied.');
    await expect(copyButton(page)).toHaveClass('done');
    await settle(page);
    expect(tried).toEqual([]);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await openLink(page).getAttribute('href'));
  });

  test('a page that nobody looks at waits until somebody does', async ({ page }) => {
    await page.addInitScript(() => {
      Object.defineProperty(Document.prototype, 'hidden', { configurable: true, get: () => true });
    });
    const { tried } = await open(page, '/return', GOOD);
    await settle(page);
    expect(tried).toEqual([]);
    await page.evaluate(() => {
      Object.defineProperty(Document.prototype, 'hidden', { get: () => false });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await settle(page);
    await expect.poll(() => tried.length).toBe(1);
  });

  test('the address bar and the history keep nothing', async ({ page }) => {
    await open(page, '/return', GOOD);
    await expect(openLink(page)).toBeVisible();
    expect(page.url()).toBe(`${origin}/return`);
    await page.reload();
    await expect(page.getByRole('heading')).toHaveText('There is nothing to hand over here');
    await expect(openLink(page)).toBeHidden();
    await open(page, '//return', `${GOOD}&two=slashes`);
    await expect(openLink(page)).toBeVisible();
    expect(page.url()).toBe(`${origin}//return`);
    await open(page, '/return?from=mail', GOOD);
    await expect(openLink(page)).toBeVisible();
    expect(page.url()).toBe(`${origin}/return`);
  });

  test('nothing is loaded, stored or sent', async ({ page, context }) => {
    served.length = 0;
    const { asked } = await open(page, '/return', GOOD);
    await settle(page);
    await expect(page.getByRole('status')).not.toBeEmpty();
    const foreign = asked.filter((url) => !/^(dk\.kvit\.desktop|data):/.test(url));
    expect(foreign.map((url) => url.split('#')[0])).toEqual([`${origin}/return`]);
    expect(served).toEqual(['/return']);
    expect(await context.cookies()).toEqual([]);
    const stored = await page.evaluate(async () => {
      const databases = await indexedDB.databases();
      return localStorage.length + sessionStorage.length + databases.length;
    });
    expect(stored).toBe(0);
    const sent = page.evaluate(() => fetch('/return').then(() => 'sent'));
    await expect(sent).rejects.toThrow(/Failed to fetch/);
  });

  test('it is one file that names no other', () => {
    const text = html.toString();
    expect(text).not.toMatch(/\bsrc=|@import|url\(|<link(?! rel="icon" href="data:)|import\(|navigator\.sendBeacon|XMLHttpRequest|fetch\(/);
    const named = [...text.matchAll(/https?:\/\/[^'"\s]+/g)].map(([address]) => address);
    expect(named).toEqual(['http://www.w3.org/2000/svg']);
    expect(html.length).toBeLessThan(32_768);
  });

  test('without JavaScript it says what to do, and keeps the address for it', async ({ browser }) => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(`${origin}/return#${GOOD}`);
    const said = page.locator('noscript p');
    for (const at of [0, 1, 2]) await expect(said.nth(at)).toBeVisible();
    const texts = await said.evaluateAll((paragraphs) => paragraphs.map((paragraph) => paragraph.textContent));
    expect(texts.join()).toMatch(/Kopiér hele sidens adresse.*sivun koko osoite.*Copy the whole address/s);
    expect(page.url()).toContain(GOOD);
    await page.close();
  });

  test('the world is told by the path alone', async ({ page }) => {
    for (const [path, world] of [
      ['/return', 'production'],
      ['/sandbox/return', 'sandbox'],
      ['/practice/return', 'practice'],
      ['/my-shop/sandbox/return/', 'sandbox'],
      ['/my-shop/Sandbox/return.html', 'sandbox'],
      ['/practice/return/index.html', 'practice'],
      ['/return.html', 'production'],
      ['/sandbox/more/return', 'production'],
      ['/return/sandbox', 'production'],
    ]) {
      await open(page, path!, `${GOOD}&world=production`);
      await expect(openLink(page)).toHaveAttribute('href', new RegExp(`^dk\\.kvit\\.desktop://return/${world}\\?code=`));
      await page.goto('about:blank');
    }
  });

  test('unknown parameters stay behind, and no parameter names the target', async ({ page }) => {
    await open(page, '/return', `${GOOD}&target=https%3A%2F%2Fevil.example&access_token=t&redirect=javascript:alert(1)`);
    const link = await openLink(page).getAttribute('href');
    expect(link).toMatch(/^dk\.kvit\.desktop:\/\/return\/production\?code=c-1&id_token=h\.p\.s&state=st-1&/);
    expect(link).not.toMatch(/evil|access_token|javascript/);
  });

  test('values cannot break out of their parameter', async ({ page }) => {
    await open(page, '/return', 'code=a%26state%3Devil%23x&id_token=%3Cb%3E&state=s');
    await expect(openLink(page)).toHaveAttribute(
      'href',
      'dk.kvit.desktop://return/production?code=a%26state%3Devil%23x&id_token=%3Cb%3E&state=s',
    );
  });

  for (const [what, answer] of [
    ['a parameter that comes twice', `${GOOD}&state=other`],
    ['a parameter that comes twice, once disguised', `${GOOD}&%73tate=other`],
    ['no state', 'code=c&id_token=i'],
    ['no ID token', 'code=c&state=s'],
    ['half an escape', 'code=c%2&id_token=i&state=s'],
    ['a name without a value', 'code'],
    ['a code of 2,049 characters', `code=${'c'.repeat(2049)}&id_token=i&state=s`],
    ['20,000 characters', `code=c&id_token=i&state=s&x=${'x'.repeat(20_000)}`],
    ['a name from the language itself', '__proto__=x&constructor=y'],
  ] as const) {
    test(`${what}: nothing is handed over`, async ({ page }) => {
      const { tried } = await open(page, '/return', answer);
      await expect(page.getByRole('heading')).toHaveText('This answer cannot be used');
      await expect(openLink(page)).toBeHidden();
      expect(page.url()).toBe(`${origin}/return`);
      await settle(page);
      expect(tried).toEqual([]);
    });
  }

  test('a link of 2,001 characters is to be copied and is not tried', async ({ page }) => {
    const { tried } = await open(page, '/return', LONG);
    expect((await openLink(page).getAttribute('href'))!.length).toBe(2001);
    await expect(page.getByText('some systems cut links of this length')).toBeVisible();
    await settle(page);
    expect(tried).toEqual([]);
  });

  test('a link of 2,000 characters is tried, and so is one of the documented length', async ({ page }) => {
    for (const length of [2000, 1087 + 'dk.kvit.desktop://return/production?'.length]) {
      const { tried } = await open(page, '/return', answerFor(length));
      await expect(page.getByText('some systems cut links')).toBeHidden();
      await settle(page);
      await expect.poll(() => tried.map((link) => link.length)).toEqual([length]);
      await page.goto('about:blank');
    }
  });

  test('copying copies the whole link', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await open(page, '/sandbox/return', LONG);
    await copyButton(page).click();
    await expect(page.getByRole('status')).toContainText('Copied.');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(await openLink(page).getAttribute('href'));
  });

  test('without a clipboard the text can be copied by hand', async ({ page }) => {
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined });
    });
    await open(page, '/return', LONG);
    const link = await openLink(page).getAttribute('href');
    await copyButton(page).click();
    await expect(page.getByRole('textbox', { name: 'Copy the address' })).toHaveValue(link!);
    await expect(page.getByRole('textbox', { name: 'Copy the address' })).toBeFocused();
  });

  test('a refusal is told in words, and the program is told too', async ({ page }) => {
    await open(page, '/return', 'error=access_denied&error_description=%3Cimg%20src%3Dx%3E&state=s');
    await expect(page.getByRole('heading')).toHaveText('The sign-in did not go through');
    await expect(page.getByText('You said no, or the sign-in was cancelled.')).toBeVisible();
    await expect(openLink(page)).toHaveAttribute('href', /return\/production\?error=access_denied&error_description=/);
    await open(page, '/return', 'error=constructor&state=s');
    await expect(page.getByText('MobilePay refused the sign-in.')).toBeVisible();
    expect(page.url()).toBe(`${origin}/return`);
  });

  test('its policy fits its content and forbids everything else', async ({ page }) => {
    const { withPolicy } = await import('../return-page/build.mjs');
    expect(withPolicy(html.toString())).toBe(html.toString());
    const { complaints } = await open(page, '/return', GOOD);
    const assigned = page.evaluate(() => {
      document.body.innerHTML = '<p>';
    });
    await expect(assigned).rejects.toThrow(/TrustedHTML/);
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.append('window.broken = true');
      document.body.append(script);
    });
    expect(await page.evaluate(() => 'broken' in window)).toBe(false);
    expect(complaints.join()).toMatch(/Content Security Policy|TrustedScript/);
  });

  test('it works by keyboard alone', async ({ page }) => {
    await open(page, '/return', GOOD);
    await page.keyboard.press('Tab');
    await expect(openLink(page)).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(copyButton(page)).toBeFocused();
  });
});

for (const [locale, button, title, help] of [
  ['da-DK', 'Åbn Kvit', 'Næsten færdig. Tilbage til Kvit.', 'Skete der ikke noget?'],
  ['fi-FI', 'Avaa Kvit', 'Melkein valmista. Takaisin Kvitiin.', 'Eikö mitään tapahtunut?'],
  ['de-DE', 'Open Kvit', 'Almost there. Back to Kvit.', 'Nothing happened?'],
] as const) {
  test.describe(`for a browser in ${locale}`, () => {
    test.use({ locale });

    test('it speaks the language it has', async ({ page }) => {
      await open(page, '/return', GOOD);
      await expect(page.getByRole('link', { name: button })).toBeVisible();
      await expect(page.getByRole('heading')).toHaveText(title);
      await expect(page.getByText(help)).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('lang', locale === 'de-DE' ? 'en' : locale.slice(0, 2));
    });

    for (const colorScheme of ['light', 'dark'] as const) {
      test(`no barrier in any of its states, ${colorScheme}`, async ({ page }) => {
        await page.emulateMedia({ colorScheme });
        const found: Record<string, string[]> = {};
        for (const [state, answer] of [['good', GOOD], ['long', LONG], ['refused', 'error=access_denied&state=s'], ['none', '']] as const) {
          await open(page, '/sandbox/return', answer);
          await settle(page);
          await page.evaluate(() => document.querySelector('details')?.toggleAttribute('open', true));
          const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
          found[state] = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
          await page.goto('about:blank');
        }
        expect(found).toEqual({ good: [], long: [], refused: [], none: [] });
      });
    }
  });
}
