/**
 * Finds customers while one types: the answer shown is always that of the last text, whatever order answers come in.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { CustomerView, Refusal } from '../../bridge/generated';

/** How long typing may pause before it is looked up, in milliseconds. */
export const PAUSE = 120;

export class Finder {
  text = $state('');
  found = $state.raw<CustomerView[]>([]);
  /** How many match in all, of which `found` are the first. */
  total = $state(0);
  busy = $state(false);
  /** Whether anything was ever found or looked up: before that an empty list says nothing. */
  asked = $state(false);
  failure = $state.raw<Refusal | null>(null);

  #latest = 0;
  #shown: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #limit: number;
  readonly #page: number;
  readonly #call: Call;

  /** `page` is how many rows come at a time. */
  constructor(call: Call, page: number) {
    this.#call = call;
    this.#page = page;
    this.#limit = page;
  }

  /** The text changed: looks it up after a pause. */
  type(text: string): void {
    this.text = text;
    this.#limit = this.#page;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), PAUSE);
  }

  /** Shows the next rows too. */
  async more(): Promise<void> {
    this.#limit = Math.min(this.#limit + this.#page, 500);
    await this.look();
  }

  /** Whether `more` would show more. */
  get hasMore(): boolean {
    return this.found.length < this.total && this.#limit < 500;
  }

  /** Waits until what is shown belongs to what was typed. */
  async caughtUp(): Promise<void> {
    if (this.#shown !== this.text.trim() || this.busy) await this.look();
  }

  /** Looks up now. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#latest += 1;
    const mine = this.#latest;
    this.busy = true;
    const text = this.text.trim();
    try {
      const list = await this.#call('customer_list', { text, offset: 0, limit: this.#limit });
      if (mine !== this.#latest) return;
      this.#shown = text;
      this.found = list.customers;
      this.total = list.total;
      this.failure = null;
    } catch (error) {
      if (mine === this.#latest) this.failure = refusalFrom(error);
    } finally {
      if (mine === this.#latest) {
        this.busy = false;
        this.asked = true;
      }
    }
  }
}
