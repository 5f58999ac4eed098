// Holds the policy of the return page to its content: the hashes in the <meta> must be those of the inline script and style.
// `node build.mjs` checks and fails on a difference; `node build.mjs --write` puts the right ones in.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const place = new URL('./index.html', import.meta.url);

function only(html, tag) {
  const blocks = [...html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))];
  if (blocks.length !== 1) throw new Error(`the page must have exactly one plain <${tag}>, it has ${blocks.length}`);
  return blocks[0][1];
}

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page with the policy that its content asks for. */
export function withPolicy(html) {
  const policy =
    `default-src 'none'; script-src ${hash(only(html, 'script'))}; style-src ${hash(only(html, 'style'))}; ` +
    // The icon of the tab is in the page: without one the browser would ask its host for another file.
    `img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
  return html.replace(/(<meta http-equiv="Content-Security-Policy" content=")[^"]*(">)/, `$1${policy}$2`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const html = readFileSync(place, 'utf8');
  const right = withPolicy(html);
  if (process.argv.includes('--write')) {
    writeFileSync(place, right);
  } else if (html !== right) {
    console.error('ui/return-page/index.html: its policy does not fit its content. Run: node ui/return-page/build.mjs --write');
    process.exit(1);
  }
}
