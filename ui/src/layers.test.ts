/** Which folder may import which. What the README says of the layers holds because this fails otherwise. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('.', import.meta.url));
/** What a folder may import besides its own files. The shell, `app`, may import all of them. */
const MAY: Record<string, readonly string[]> = { bridge: [], i18n: ['bridge'], kit: ['i18n'], features: ['bridge', 'i18n', 'kit', 'features'] };
const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

/** The module that `file` names, by its path in `src`; a package by its name. */
function named(file: string, what: string): string[] {
  return what.startsWith('.') ? join(file, '..', what).split(/[\\/]/) : [what];
}

/** What is wrong with the imports of a file, given by its path in `src`. */
function complaints(file: string, source: string): string[] {
  const [layer = '', feature = ''] = file.split('/');
  const may = MAY[layer];
  const isTest = file.endsWith('.test.ts');
  const wrong = (what: string): boolean => {
    const [to = '', ...inner] = named(file, what);
    if (to.startsWith('@tauri-apps/')) return file !== 'bridge/tauri.ts';
    if (to === 'features' && layer === 'features' && inner[0] === feature) return false;
    // A feature's index says what others need of it; what tests share stands beside it.
    if (to === 'features' && inner.length > 1 && !(isTest && inner[1] === 'testing')) return true;
    if (to === 'bridge' && layer !== 'bridge' && inner.length > 0 && inner[0] !== 'generated') return true;
    return may !== undefined && to !== layer && ['app', ...Object.keys(MAY)].includes(to) && !may.includes(to);
  };
  return [...source.matchAll(IMPORT)].map(([, what]) => what!).filter(wrong).map((what) => `${file} imports ${what}`);
}

/** Every file of the source with its text. */
function sources(folder = ''): Array<[file: string, source: string]> {
  return readdirSync(join(SRC, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return sources(file);
    return /\.(svelte|ts)$/.test(entry.name) ? [[file, readFileSync(join(SRC, file), 'utf8')]] : [];
  });
}

test('every layer imports only what lies below it, and of a feature only its index', () => {
  expect(sources().flatMap(([file, source]) => complaints(file, source))).toEqual([]);
});

test('features do not need one another in a circle', () => {
  const needs = new Map<string, Set<string>>();
  for (const [file, source] of sources('features')) {
    const [, feature = ''] = file.split('/');
    if (file.endsWith('.test.ts')) continue;
    const others = [...source.matchAll(IMPORT)].map(([, what]) => named(file, what!)).filter(([to, other]) => to === 'features' && other !== feature);
    for (const [, other = ''] of others) needs.set(feature, (needs.get(feature) ?? new Set()).add(other));
  }
  expect([...(needs.get('overview') ?? [])]).toContain('invoices');
  // Whatever needs nothing that is left is taken away; a circle stays.
  let left = [...needs.keys()];
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    left = left.filter((feature) => [...needs.get(feature)!].some((other) => left.includes(other)));
  }
  expect(left).toEqual([]);
});

test.each([
  ['features/overview/Overview.svelte', '../../app/shortcuts'],
  ['features/outbox/Outbox.svelte', '../composer/holding.svelte'],
  ['features/customers/picker.svelte.ts', '../composer/testing'],
  ['features/outbox/queue.svelte.ts', '../../bridge/webhost'],
  ['features/outbox/queue.svelte.ts', '@tauri-apps/api/core'],
  ['app/App.svelte', '../features/composer/composing.svelte'],
  ['kit/Button.svelte', '../bridge'],
  ['i18n/shown.svelte.ts', '../kit/days'],
  ['bridge/index.ts', '../i18n'],
])('%s may not import %s', (file, what) => {
  expect(complaints(file, `import { it } from '${what}';`)).toHaveLength(1);
});
