// Holds the texts to one another and to the source: every key in every language with the same arguments, none missing,
// none unused. `npm run build` fails otherwise.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, TYPE } from '@formatjs/icu-messageformat-parser';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LANGUAGES = ['da', 'en', 'fi'];
// Keys that are put together at run time: `t(`problem.${code}`)`. The types hold each of them to its codes.
const FAMILIES = JSON.parse(readFileSync(join(ROOT, 'messages/families.json'), 'utf8'));

const wrong = [];
const texts = Object.fromEntries(
  LANGUAGES.map((language) => [language, JSON.parse(readFileSync(join(ROOT, `messages/${language}.json`), 'utf8'))]),
);

/** The arguments of a text, each with its kind: `count:plural`. */
function argumentsOf(language, key) {
  const found = new Set();
  const walk = (nodes) => {
    for (const node of nodes) {
      if (node.type === TYPE.literal || node.type === TYPE.pound) continue;
      if (node.type === TYPE.plural || node.type === TYPE.select) {
        found.add(`${node.value}:${TYPE[node.type]}`);
        Object.values(node.options).forEach((option) => walk(option.value));
      } else found.add(node.value);
    }
  };
  try {
    walk(parse(texts[language][key], { ignoreTag: true }));
  } catch (error) {
    wrong.push(`${language}: ${key} is no ICU message: ${error.message}`);
  }
  // A choice by number may name its argument again in words.
  return [...found].map((name) => name.split(':')[0]).filter((name, index, all) => all.indexOf(name) === index).sort().join(', ');
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(svelte|ts)$/.test(entry.name) && !/\.test\.ts$|generated\.ts$/.test(entry.name) ? [path] : [];
  });
}

const keys = Object.keys(texts.en);
for (const language of LANGUAGES) {
  const own = Object.keys(texts[language]);
  for (const key of keys) if (!(key in texts[language])) wrong.push(`${language}: ${key} is missing`);
  for (const key of own) if (!(key in texts.en)) wrong.push(`${language}: ${key} is not in en`);
  if (own.some((key, index) => index > 0 && own[index - 1] > key)) wrong.push(`${language}: keys are not sorted`);
  for (const key of own) if (texts[language][key].trim() === '') wrong.push(`${language}: ${key} is empty`);
}
for (const key of keys) {
  const english = argumentsOf('en', key);
  for (const language of ['da', 'fi']) {
    if (key in texts[language] && argumentsOf(language, key) !== english) {
      wrong.push(`${language}: ${key} takes (${argumentsOf(language, key)}), in English (${english})`);
    }
  }
}

const used = new Set();
// The window's page of trouble is written by the shell, from the same texts.
const SHELL = join(ROOT, '../src-tauri/src/trouble.rs');
const places = [...sources(join(ROOT, 'src')), ...(existsSync(SHELL) ? [SHELL] : [])];
const source = places.map((path) => readFileSync(path, 'utf8')).join('\n');
for (const [, key] of source.matchAll(/['"`]([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)['"`]/g)) used.add(key);
for (const [, key] of source.matchAll(/\bt\(\s*['"]([^'"]+)['"]/g)) {
  if (!(key in texts.en)) wrong.push(`source: ${key} has no text`);
}
for (const key of keys) {
  if (!used.has(key) && !FAMILIES.some((family) => key.startsWith(family))) wrong.push(`${key} is used nowhere`);
}
for (const family of FAMILIES) {
  if (!keys.some((key) => key.startsWith(family))) wrong.push(`family ${family} has no text`);
  if (!source.includes('`' + family)) wrong.push(`family ${family} is used nowhere`);
}

if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
console.log(`${keys.length} texts in ${LANGUAGES.length} languages`);
