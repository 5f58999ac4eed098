/**
 * The one way out of the page: `call` asks the core, `onEvent` hears what changed.
 *
 * Which host there is shows at run time, so that one build serves the desktop window and the browser. Importing this is
 * harmless where there is neither (tests).
 */
import type { Commands, Event as CoreEvent, Refusal } from './generated';
import type { Host } from './host';

export type Call = <N extends keyof Commands>(name: N, input: Commands[N]['input']) => Promise<Commands[N]['output']>;
export type { CoreEvent };

let found: Promise<Host> | undefined;

function host(): Promise<Host> {
  found ??= ('__TAURI_INTERNALS__' in window ? import('./tauri') : import('./webhost')).then((module) => module.host);
  return found;
}

/**
 * `input` without halves of characters, which a cut-off emoji leaves and no JSON reader takes: each becomes U+FFFD.
 */
function wellFormed(input: unknown): unknown {
  if (typeof input === 'string') return input.replace(/\p{Surrogate}/gu, '\ufffd');
  if (Array.isArray(input)) return input.map(wellFormed);
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, wellFormed(value)]));
}

/** Asks the core. Throws its refusal; read it with `refusalFrom`. */
export const call: Call = async (name, input) => {
  const { invoke } = await host();
  return (await invoke(name, wellFormed(input))) as Commands[typeof name]['output'];
};

const ears = new Set<(event: CoreEvent) => void>();
let stop: (() => void) | undefined;

/** Hears every event of the core until the answer is called. The host is listened to once, however many ears there are. */
export function onEvent(hear: (event: CoreEvent) => void): () => void {
  ears.add(hear);
  if (ears.size === 1) {
    let ended = false;
    stop = () => (ended = true);
    void host().then(({ listen }) => {
      if (ended) return;
      stop = listen((event) => [...ears].forEach((ear) => ear(event)));
    });
  }
  return () => {
    if (ears.delete(hear) && ears.size === 0) stop?.();
  };
}

/** The refusal in whatever was thrown. What the core did not say itself becomes `unexpected`. */
export function refusalFrom(error: unknown): Refusal {
  if (typeof error === 'object' && error !== null && 'code' in error && 'next' in error) return error as Refusal;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'unexpected', message, next: 'retry', fields: [], upstream: null, detail: null, signin: null, file: null, incident: '' };
}
