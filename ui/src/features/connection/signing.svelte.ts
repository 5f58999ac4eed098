/**
 * Signing in: the browser is somewhere else, and comes back on its own, by a pasted address, or never.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { Event as CoreEvent, Refusal, SigninRefused, SigninView } from '../../bridge/generated';

export class Signing {
  attempt = $state.raw<SigninView | null>(null);
  failure = $state.raw<Refusal | null>(null);
  /** Why the attempt was refused; the browser has come back, but in vain. */
  refused = $state.raw<SigninRefused | null>(null);
  done = $state(false);
  busy = $state(false);
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Begins, or begins again: the attempt before is over. */
  begin(): Promise<void> {
    this.attempt = null;
    return this.#do(async () => {
      this.attempt = await this.#call('signin_begin', {});
    });
  }

  /** Goes on without a keychain: the sign-in lasts until the program ends. */
  forgoKeychain(): Promise<void> {
    return this.#do(async () => {
      await this.#call('keychain_forgo', {});
      this.attempt = await this.#call('signin_begin', {});
    });
  }

  /** Opens the browser again. */
  reopen(): Promise<void> {
    return this.#do(async () => {
      this.attempt = await this.#call('signin_reopen', {});
    });
  }

  /** Hands over the address that the browser shows. */
  paste(address: string): Promise<void> {
    return this.#do(async () => {
      const status = await this.#call('signin_paste', { address: address.trim() });
      this.done = status.session.state === 'signed_in';
    });
  }

  /** Gives up, also while it is beginning: a browser must not open for a window that is shut. */
  async cancel(): Promise<void> {
    if (this.done) return;
    try {
      await this.#call('signin_cancel', {});
    } catch {
      // It ended meanwhile: nothing is left to give up.
    }
  }

  /** An attempt ended: ours counts, and one that is over does not. */
  hear(event: CoreEvent): void {
    if (event.type !== 'signin_ended' || event.end.attempt !== this.attempt?.attempt) return;
    if (event.end.refused === null) this.done = true;
    else {
      this.refused = event.end.refused;
      this.attempt = null;
    }
  }

  async #do(act: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    this.refused = null;
    try {
      await act();
    } catch (error) {
      this.failure = refusalFrom(error);
    } finally {
      this.busy = false;
    }
  }
}
