/** Connections: opening, checking and removing one, signing out. */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { CheckedPiece, Refusal } from '../../bridge/generated';

export class Connections {
  failure = $state.raw<Refusal | null>(null);
  busy = $state(false);
  /** What the last check of the open connection found. */
  pieces = $state.raw<CheckedPiece[] | null>(null);
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  choose(id: string): Promise<boolean> {
    this.pieces = null;
    return this.#do(() => this.#call('connection_choose', { id }));
  }

  remove(id: string): Promise<boolean> {
    return this.#do(() => this.#call('connection_remove', { id }));
  }

  signOut(): Promise<boolean> {
    return this.#do(() => this.#call('session_end', {}));
  }

  /** Tries out the open connection piece by piece. */
  check(): Promise<boolean> {
    return this.#do(async () => {
      this.pieces = null;
      this.pieces = (await this.#call('connection_check', {})).pieces;
    });
  }

  async #do(act: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.failure = null;
    try {
      await act();
      return true;
    } catch (error) {
      this.failure = refusalFrom(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
