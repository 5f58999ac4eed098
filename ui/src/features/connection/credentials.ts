/**
 * The text file in MobilePay's zip: a client id and a secret, in a layout that no document fixes. Read by their names, or,
 * where there are none, by their shape (spec 2.2: the id is a lower-case dotted name).
 */
export interface Credentials {
  clientId: string;
  clientSecret: string;
}

/** `null`: no pair was found. */
export function readCredentials(text: string): Credentials | null {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  const clientId = named(lines, /client[\s_-]*id/i);
  const clientSecret = named(lines, /client[\s_-]*secret|secret/i);
  if (clientId && clientSecret) return { clientId, clientSecret };
  return shaped(lines);
}

/** The text of a file, whatever its editor wrote: UTF-8, or the UTF-16 of older Windows editors. `null`: it is a zip. */
export function textOf(bytes: Uint8Array): string | null {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return null;
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  return new TextDecoder(utf16 ?? 'utf-8').decode(bytes);
}

/** What stands after a name and `:`, `=` or a tab on its line, or alone on the line below it. */
function named(lines: readonly string[], name: RegExp): string | null {
  for (const [at, line] of lines.entries()) {
    const found = new RegExp(`^["'{,\\s]*(?:oauth[\\s_-]*)?(?:${name.source})["']?\\s*(?:[:=\\t]|\\s-\\s|$)\\s*(.*)$`, name.flags).exec(line);
    if (!found) continue;
    const value = bare(found[1] || lines[at + 1] || '');
    if (value && !/\s/.test(value)) return value;
  }
  return null;
}

/** Two bare lines, of which one is a dotted name and the other is not. */
function shaped(lines: readonly string[]): Credentials | null {
  const words = lines.map(bare).filter((line) => line.length > 2 && !/\s/.test(line));
  if (words.length !== 2) return null;
  const dotted = (word: string): boolean => /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/.test(word);
  const [first, second] = words as [string, string];
  if (dotted(first) === dotted(second)) return null;
  return dotted(first) ? { clientId: first, clientSecret: second } : { clientId: second, clientSecret: first };
}

/** Without the quotes and commas of JSON and spreadsheets. */
function bare(text: string): string {
  return text
    .trim()
    .replace(/[,;}]+$/, '')
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
}
