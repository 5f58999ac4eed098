/** What waits in the outbox: read by pages, and read again when something changed; and trying now. */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { DraftView, NumberReport, OutboxPage, OutboxRow, Refusal, Standstill, TriedNow } from '../../bridge/generated';

/** Rows that come at a time. */
export const PAGE = 50;
/** The most that the core gives at once. */
const MOST = 500;

export class Queue {
  rows = $state.raw<OutboxRow[]>([]);
  total = $state(0);
  standstill = $state.raw<Standstill | null>(null);
  numbers = $state.raw<NumberReport | null>(null);
  /** Whether there are rows after these. */
  more = $state(false);
  /** Whether it was read at all. */
  asked = $state(false);
  /** Why it cannot be read, or why the last action came to nothing. */
  failure = $state.raw<Refusal | null>(null);
  /** Uuid of the one that is being acted on; `all`. */
  doing = $state<string | null>(null);

  readonly #call: Call;
  #wanted = PAGE;
  #latest = 0;
  /** Of which numbers the report tells. */
  #reported = '';

  constructor(call: Call) {
    this.#call = call;
  }

  /** Whether anything may be tried now. */
  get mayTry(): boolean {
    return this.rows.some((row) => row.ways.includes('try_now'));
  }

  /** Reads as many rows as are wanted. A later reading wins. */
  async read(): Promise<void> {
    this.#latest += 1;
    const mine = this.#latest;
    try {
      const rows: OutboxRow[] = [];
      let numbered = '';
      let after: number | null = 0;
      while (after !== null && rows.length < this.#wanted) {
        const page: OutboxPage = await this.#call('outbox_list', { after, limit: Math.min(MOST, this.#wanted - rows.length) });
        if (mine !== this.#latest) return;
        rows.push(...page.rows);
        after = page.next;
        this.total = page.total;
        this.standstill = page.standstill;
        numbered = `${page.numbered}, then ${page.nextNumber}`;
      }
      // Looking for gaps goes over every invoice there is, and most of what happens gives nobody a number.
      const numbers = numbered === this.#reported ? this.numbers : await this.#call('number_report', {});
      if (mine !== this.#latest) return;
      this.#reported = numbered;
      this.rows = rows;
      this.more = after !== null;
      this.numbers = numbers;
      this.asked = true;
      this.failure = null;
    } catch (error) {
      if (mine === this.#latest) this.failure = refusalFrom(error);
    }
  }

  /** The next rows too. */
  async further(): Promise<void> {
    this.#wanted = this.rows.length + PAGE;
    await this.read();
  }

  /** The row of this invoice, on whatever page. */
  async find(id: string): Promise<OutboxRow | undefined> {
    const found = () => this.rows.find((row) => row.row.id === id);
    while (!found() && this.more && !this.failure) await this.further();
    return found();
  }

  tryNow(id: string): Promise<TriedNow | null> {
    return this.#do(id, () => this.#call('outbox_try_now', { id }));
  }

  tryAll(): Promise<TriedNow | null> {
    return this.#do('all', () => this.#call('outbox_try_all', {}));
  }

  /** Takes one that is held back into a draft. */
  undo(id: string): Promise<DraftView | null> {
    return this.#do(id, () => this.#call('invoice_undo', { id }));
  }

  async #do<T>(what: string, act: () => Promise<T>): Promise<T | null> {
    if (this.doing) return null;
    this.doing = what;
    try {
      const done = await act();
      await this.read();
      return done;
    } catch (error) {
      await this.read();
      this.failure = refusalFrom(error);
      return null;
    } finally {
      this.doing = null;
    }
  }
}
