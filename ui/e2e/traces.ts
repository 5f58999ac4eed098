/** What a secret looks like wherever it may have got: itself, and every way in which programs write bytes down. */

/** So many characters of the beginning or of the end give a secret away: a leak that was cut short is one too. */
const ENOUGH = 24;

/** The characters of base64 that `part` alone decides when `before` bytes stand before it. */
function core(part: Buffer, before: number, alphabet: 'base64' | 'base64url'): string {
  const bytes = Buffer.concat([Buffer.alloc(before), part]);
  return bytes.toString(alphabet).slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

function formsOf(part: Buffer): [string, string][] {
  const text = part.toString();
  const hex = part.toString('hex');
  return [
    ['plain', text],
    ['HTML', text.replaceAll('&', '&amp;')],
    ['JSON', text.replaceAll('/', '\\/')],
    ['URL-encoded', encodeURIComponent(text)],
    ['URL-encoded', encodeURIComponent(text).toLowerCase()],
    ['URL-encoded', new URLSearchParams({ x: text }).toString().slice(2)],
    ['hex', hex],
    ['hex', hex.toUpperCase()],
    ['list of bytes', [...part].join(',')],
    ...[0, 1, 2].flatMap((before): [string, string][] => [
      ['base64', core(part, before, 'base64')],
      ['base64url', core(part, before, 'base64url')],
    ]),
  ];
}

/** Every trace of a secret in `text`, as *name, form*; also across white space. */
export function tracesIn(text: string, secrets: ReadonlyMap<string, string>): string[] {
  const dense = text.replaceAll(/\s+/g, '');
  const found = new Set<string>();
  for (const [value, name] of secrets) {
    const bytes = Buffer.from(value);
    if (bytes.length < ENOUGH) throw new Error(`${name} is too short to be told`);
    for (const part of [bytes.subarray(0, ENOUGH), bytes.subarray(-ENOUGH)]) {
      for (const [how, form] of formsOf(part)) {
        if (text.includes(form) || dense.includes(form)) found.add(`${name}, ${how}`);
      }
    }
  }
  return [...found].sort();
}
