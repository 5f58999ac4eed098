// The page that hands a sign-in back to the program, in a real browser: what it forwards, what it refuses, what it leaves behind.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';

const html = readFileSync(new URL('../return-page/index.html', import.meta.url));
const GOOD = 'code=c-1&id_token=h.p.s&state=st-1&scope=openid%20invoice&session_state=x';

let server: Server;
let origin: string;

test.beforeAll(async () => {
  server = createServer((request, response) => {
    const known = /^\/(merchant\/)?((practice|sandbox)\/)?return$/.test(request.url ?? '');
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
  await page.goto(`${origin}${path}${answer === '' ? '' : `#${answer}`}`);
  return { tried, asked, complaints };
}

// Too long for the page to try by itself: while the browser is being asked to open Kvit it can swallow a click.
const LONG = `code=c&id_token=${'i'.repeat(2000)}&state=s`;

const openLink = (page: Page) => page.getByRole('link', { name: 'Open Kvit' });

test.describe('in English', () => {
  test.use({ locale: 'en-GB' });

  test('a good answer is tried once and offered as a link', async ({ page }) => {
    const { tried, complaints } = await open(page, '/merchant/practice/return', GOOD);
    const link = 'dk.kvit.desktop://return/practice?code=c-1&id_token=h.p.s&state=st-1&scope=openid%20invoice&session_state=x';
    await expect(openLink(page)).toHaveAttribute('href', link);
    await expect(page.getByRole('heading')).toHaveText('You are signed in. Back to Kvit.');
    await expect(page.getByText('Practice', { exact: true })).toBeVisible();
    await expect.poll(() => tried).toEqual([link]);
    expect(complaints).toEqual([]);
  });

  test('the address bar and the history keep nothing', async ({ page }) => {
    await open(page, '/return', GOOD);
    await expect(openLink(page)).toBeVisible();
    expect(page.url()).toBe(`${origin}/return`);
    await page.reload();
    await expect(page.getByRole('heading')).toHaveText('There is nothing to hand over here');
    await expect(openLink(page)).toBeHidden();
  });

  test('nothing is loaded, stored or sent', async ({ page, context }) => {
    const { asked } = await open(page, '/return', GOOD);
    await expect(openLink(page)).toBeVisible();
    const foreign = asked.filter((url) => !url.startsWith('dk.kvit.desktop:') && !url.endsWith('/favicon.ico'));
    expect(foreign.map((url) => url.split('#')[0])).toEqual([`${origin}/return`]);
    expect(await context.cookies()).toEqual([]);
    expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  });

  test('the world is told by the path alone', async ({ page }) => {
    for (const [path, world] of [
      ['/return', 'production'],
      ['/sandbox/return', 'sandbox'],
      ['/practice/return', 'practice'],
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
      expect(tried).toEqual([]);
    });
  }

  test('a long answer is to be copied and is not tried', async ({ page }) => {
    const { tried } = await open(page, '/return', `code=c&id_token=${'i'.repeat(2000)}&state=s`);
    await expect(page.getByText('some systems cut links of this length')).toBeVisible();
    await expect(openLink(page)).toBeVisible();
    expect(tried).toEqual([]);
  });

  test('copying copies the whole link', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await open(page, '/sandbox/return', LONG);
    await page.getByRole('button', { name: 'Copy' }).click();
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
    await page.getByRole('button', { name: 'Copy' }).click();
    await expect(page.getByRole('textbox', { name: 'Copy' })).toHaveValue(link!);
    await expect(page.getByRole('textbox', { name: 'Copy' })).toBeFocused();
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
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.broken = true';
      document.body.append(script);
    });
    expect(await page.evaluate(() => 'broken' in window)).toBe(false);
    expect(complaints.join()).toContain('Content Security Policy');
  });

  test('it works by keyboard alone', async ({ page }) => {
    await open(page, '/return', GOOD);
    await page.keyboard.press('Tab');
    await expect(openLink(page)).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('button', { name: 'Copy' })).toBeFocused();
  });
});

for (const [locale, button, title, help] of [
  ['da-DK', 'Åbn Kvit', 'Du er logget ind. Tilbage til Kvit.', 'Skete der ikke noget?'],
  ['fi-FI', 'Avaa Kvit', 'Olet kirjautunut. Takaisin Kvitiin.', 'Eikö mitään tapahtunut?'],
  ['de-DE', 'Open Kvit', 'You are signed in. Back to Kvit.', 'Nothing happened?'],
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
  });
}
