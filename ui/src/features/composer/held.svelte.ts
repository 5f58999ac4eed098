/**
 * The five seconds in which a sent invoice has not left this computer and can be taken back.
 *
 * The core decides whether it is still in time; the seconds here only tell the merchant.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { DraftView, InvoiceView, Refusal } from '../../bridge/generated';

/** How far it is. */
export type HeldState = 'held' | 'undoing' | 'undone' | 'gone';

export class Held {
  state = $state<HeldState>('held');
  /** Whole seconds that are left, at least 1 while it is held. */
  seconds = $state(0);
  failure = $state.raw<Refusal | null>(null);
  readonly invoice: InvoiceView;

  readonly #call: Call;
  readonly #now: () => number;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `now` is the clock, milliseconds since 1970. */
  constructor(call: Call, invoice: InvoiceView, now: () => number) {
    this.#call = call;
    this.#now = now;
    this.invoice = invoice;
    this.#tick();
    if (this.state === 'held') this.#timer = setInterval(() => this.#tick(), 250);
  }

  /** Takes it back into a draft, if there is still time. */
  async undo(): Promise<DraftView | null> {
    if (this.state !== 'held') return null;
    this.state = 'undoing';
    this.end();
    try {
      const draft = await this.#call('invoice_undo', { id: this.invoice.row.id });
      this.state = 'undone';
      return draft;
    } catch (error) {
      this.failure = refusalFrom(error);
      this.state = 'gone';
      return null;
    }
  }

  /** Stops counting. */
  end(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const until = this.invoice.row.heldUntil;
    const left = until ? Date.parse(until) - this.#now() : 0;
    this.seconds = Math.max(0, Math.ceil(left / 1000));
    if (left > 0) return;
    this.state = 'gone';
    this.end();
  }
}
