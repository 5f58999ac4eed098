/** What the first page shows: read once, and again when something changed. */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { OverviewView, Refusal } from '../../bridge/generated';

export class FirstPage {
  view = $state.raw<OverviewView | null>(null);
  failure = $state.raw<Refusal | null>(null);
  readonly #call: Call;
  #latest = 0;

  constructor(call: Call) {
    this.#call = call;
  }

  async read(): Promise<void> {
    this.#latest += 1;
    const mine = this.#latest;
    try {
      const view = await this.#call('overview_show', {});
      if (mine !== this.#latest) return;
      this.view = view;
      this.failure = null;
    } catch (error) {
      if (mine === this.#latest) this.failure = refusalFrom(error);
    }
  }
}
