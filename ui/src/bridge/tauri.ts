/**
 * The desktop window as host. The only file that knows Tauri.
 */
import { Channel, invoke } from '@tauri-apps/api/core';
import type { Event as CoreEvent } from './generated';
import type { Host } from './host';

/** How long after a failed subscription it is tried again, in milliseconds. */
const AGAIN = 2000;

export const host: Host = {
  invoke: (name, input) => invoke(name, { input }),

  listen(hear) {
    let ended = false;
    const subscribe = (missed: boolean): void => {
      const channel = new Channel<CoreEvent>();
      channel.onmessage = (event) => {
        if (!ended) hear(event);
      };
      invoke('events_subscribe', { channel }).then(
        () => missed && !ended && hear({ type: 'everything_changed' }),
        () => !ended && setTimeout(() => subscribe(true), AGAIN),
      );
    };
    subscribe(false);
    return () => (ended = true);
  },
};
