/**
 * The hands of the practice clock: they move trade forward, never back.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { ClockMove, ClockView, Refusal } from '../../bridge/generated';

export class Hands {
  failure = $state.raw<Refusal | null>(null);
  busy = $state(false);
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Moves time; answers the new one, or nothing if it was not moved. One move at a time. */
  async move(to: ClockMove): Promise<ClockView | null> {
    if (this.busy) return null;
    this.busy = true;
    try {
      const view = await this.#call('clock_move', to);
      this.failure = null;
      return view;
    } catch (error) {
      this.failure = refusalFrom(error);
      return null;
    } finally {
      this.busy = false;
    }
  }
}

/** The time of trade now: `computer` is its clock, milliseconds since 1970. */
export function timeOfTrade({ aheadSeconds, zone }: ClockView, computer: number, locale: string): { day: string; time: string } {
  const now = new Date(computer + aheadSeconds * 1000);
  return {
    day: now.toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: zone }),
    time: now.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', timeZone: zone }),
  };
}
