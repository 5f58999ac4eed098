/**
 * A browser tab as host: the same commands over loopback HTTP, with the bearer that `webhost` prints.
 */
import type { Event as CoreEvent } from './generated';
import type { Host } from './host';

/** How long after the end of a stream it is opened again, in milliseconds. */
const AGAIN = 1000;
const KEPT = 'kvit-bearer';

/** Takes the bearer out of the address, where it would end up in the history, and keeps it for this tab. */
function bearer(): string {
  const given = /^#bearer=([^&]+)/.exec(location.hash)?.[1];
  if (given) {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return sessionStorage.getItem(KEPT) ?? '';
}

const authorization = `Bearer ${bearer()}`;

async function invoke(name: string, input: unknown): Promise<unknown> {
  const answer = await fetch(`/commands/${name}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text) as unknown;
  throw isObject(text) ? (JSON.parse(text) as unknown) : new Error(`${answer.status} ${text.trim()}`);
}

function isObject(text: string): boolean {
  return text.startsWith('{');
}

/** Reads one stream of events to its end. */
async function follow(hear: (event: CoreEvent) => void, signal: AbortSignal, opened: () => void): Promise<void> {
  const answer = await fetch('/events', { headers: { authorization }, signal });
  if (!answer.ok || !answer.body) return;
  opened();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split(/\r?\n\r?\n/);
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const data = /^data: ?(.*)$/m.exec(part)?.[1];
      if (data) hear(JSON.parse(data) as CoreEvent);
    }
  }
}

function listen(hear: (event: CoreEvent) => void): () => void {
  const end = new AbortController();
  void (async () => {
    for (let times = 0; !end.signal.aborted; times += 1) {
      // Whoever was cut off may have missed something, and reads everything again.
      const opened = (): void => (times > 0 ? hear({ type: 'everything_changed' }) : undefined);
      await follow(hear, end.signal, opened).catch(() => undefined);
      if (!end.signal.aborted) await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  })();
  return () => end.abort();
}

export const host: Host = { invoke, listen };
