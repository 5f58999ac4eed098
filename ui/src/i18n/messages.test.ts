/** The check of the texts, run on a small program of its own that is wrong in one way at a time. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const UI = fileURLToPath(new URL('../..', import.meta.url));
const folders: string[] = [];

interface Program {
  da?: Record<string, string>;
  en?: Record<string, string>;
  fi?: Record<string, string>;
  families?: string[];
  source?: string;
}

/** Checks a program whose texts are right except for what is given. Answers its complaints. */
function complaints({ families = [], source = "t('shop.open', { count: 1 });", ...texts }: Program): string[] {
  const root = mkdtempSync(join(tmpdir(), 'kvit-messages-'));
  folders.push(root);
  for (const folder of ['messages', 'scripts', 'src']) mkdirSync(join(root, folder));
  cpSync(join(UI, 'scripts/check-messages.mjs'), join(root, 'scripts/check-messages.mjs'));
  symlinkSync(join(UI, 'node_modules'), join(root, 'node_modules'), 'junction');
  for (const language of ['da', 'en', 'fi'] as const) {
    const words = { 'shop.open': '{count, plural, one {# door} other {# doors}}', ...texts[language] };
    writeFileSync(join(root, `messages/${language}.json`), JSON.stringify(words));
  }
  writeFileSync(join(root, 'messages/families.json'), JSON.stringify(families));
  writeFileSync(join(root, 'src/shop.ts'), source);
  const run = spawnSync(process.execPath, [join(root, 'scripts/check-messages.mjs')], { encoding: 'utf8' });
  const said = run.stderr.split('\n').filter(Boolean);
  expect(run.status).toBe(said.length === 0 ? 0 : 1);
  return said;
}

afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

test('texts that are all there and all used pass', () => {
  expect(complaints({})).toEqual([]);
});

test('a key that one language lacks is named', () => {
  expect(complaints({ en: { 'shop.shut': 'Shut' }, da: { 'shop.shut': 'Lukket' }, source: "t('shop.open'); t('shop.shut');" })).toEqual([
    'fi: shop.shut is missing',
  ]);
});

test('a key that nobody uses is named', () => {
  const shut = { 'shop.shut': 'Shut' };
  expect(complaints({ en: shut, da: shut, fi: shut })).toEqual(['shop.shut is used nowhere']);
});

test('a key that is used and has no text is named', () => {
  expect(complaints({ source: "t('shop.open'); t('shop.shut');" })).toEqual(['source: shop.shut has no text']);
});

test('other arguments than in English are named', () => {
  expect(complaints({ fi: { 'shop.open': '{lukumaara} ovea' } })).toEqual(['fi: shop.open takes (lukumaara), in English (count)']);
});

test('a text that cannot be read as a message is named', () => {
  expect(complaints({ da: { 'shop.open': '{count, plural, one {# dør}' } })[0]).toMatch(/^da: shop\.open is no ICU message/);
});

test('a family covers keys that are put together at run time, as long as it is used', () => {
  const state = { 'state.paid': 'Paid' };
  const texts = { en: state, da: state, fi: state, families: ['state.'] };
  expect(complaints({ ...texts, source: "t('shop.open'); t(`state.${name}`);" })).toEqual([]);
  expect(complaints(texts)).toEqual(['family state. is used nowhere']);
});
