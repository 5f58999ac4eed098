/** The invoice that was sent last and can still be taken back, wherever in the window one is now. */
import type { InvoiceView } from '../../bridge/generated';
import { call } from '../../bridge';
import { Held } from './held.svelte';

class Holding {
  held = $state.raw<Held | null>(null);

  /** An invoice was sent: it is held for a while. */
  begin(invoice: InvoiceView): void {
    this.held?.end();
    this.held = new Held(call, invoice, () => Date.now());
  }

  /** The note was read. */
  end(): void {
    this.held?.end();
    this.held = null;
  }
}

/** One for the window. */
export const holding = new Holding();
