/**
 * The list of invoices: which, in what order, and the pages of it that were read so far.
 *
 * Rows are read by the page as they come in sight, so that the length of the list does not matter. A page that changed
 * stays in sight until its newer one is here.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { ExportFormat, InvoiceCounts, InvoiceFilter, InvoiceRow, InvoiceSort, PaperLanguage, Refusal } from '../../bridge/generated';

/** Rows in a page. */
export const PAGE = 100;
/** How long typing has to rest before it is looked for, in milliseconds. */
const REST = 120;

export class Listing {
  filter = $state<InvoiceFilter>('all');
  text = $state('');
  sort = $state<InvoiceSort>('number');
  ascending = $state(false);
  total = $state(0);
  counts = $state.raw<InvoiceCounts | null>(null);
  failure = $state.raw<Refusal | null>(null);
  /** Whether a file is being written. */
  saving = $state(false);
  /** Whether an answer is here at all. */
  asked = $state(false);

  readonly #call: Call;
  #pages = $state.raw<ReadonlyMap<number, InvoiceRow[]>>(new Map());
  #sight: [number, number] = [0, 1];
  #asking = new Set<number>();
  // Answers to an older question are dropped.
  #question = 0;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(call: Call, filter: InvoiceFilter = 'all') {
    this.#call = call;
    this.filter = filter;
  }

  /** Row number `index`, if it was read. */
  rowAt(index: number): InvoiceRow | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Where an invoice stands among the rows read so far; -1: not among them. */
  indexOf(id: string): number {
    for (const [page, rows] of this.#pages) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return page * PAGE + at;
    }
    return -1;
  }

  /** The rows `first` to `end` (excluded) are in sight. */
  see(first: number, end: number): void {
    this.#sight = [first, Math.max(end, first + 1)];
    for (const page of this.#inSight()) if (!this.#pages.has(page)) void this.#read(page);
  }

  type(text: string): void {
    this.text = text;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => void this.look(), REST);
  }

  async choose(filter: InvoiceFilter): Promise<void> {
    this.filter = filter;
    await this.look();
  }

  /** Sorts by this column; once more turns it round. */
  async sortBy(sort: InvoiceSort): Promise<void> {
    this.ascending = this.sort === sort ? !this.ascending : sort === 'customer' || sort === 'state';
    this.sort = sort;
    await this.look();
  }

  /** Asks anew from the first row. */
  async look(): Promise<void> {
    clearTimeout(this.#resting);
    this.#sight = [0, 1];
    await this.refresh();
  }

  /** Reads again what is in sight. */
  async refresh(): Promise<void> {
    this.#question += 1;
    this.#asking.clear();
    const [first = 0, ...others] = this.#inSight();
    await this.#read(first, true);
    await Promise.all(others.map((page) => this.#read(page)));
  }

  /** Saves all that matches as a file; answers where. */
  async save(format: ExportFormat, language: PaperLanguage): Promise<string | null> {
    if (this.saving) return null;
    this.saving = true;
    const { filter, text } = this;
    try {
      return (await this.#call('invoice_export', { filter, text: text.trim(), format, language })).path;
    } catch (error) {
      this.failure = refusalFrom(error);
      return null;
    } finally {
      this.saving = false;
    }
  }

  #inSight(): number[] {
    const [first, end] = this.#sight;
    const from = Math.floor(first / PAGE);
    return Array.from({ length: Math.floor((end - 1) / PAGE) - from + 1 }, (_, step) => from + step);
  }

  async #read(page: number, anew = false): Promise<void> {
    if (this.#asking.has(page)) return;
    this.#asking.add(page);
    const question = this.#question;
    const { filter, text, sort, ascending } = this;
    try {
      const found = await this.#call('invoice_list', { filter, text: text.trim(), sort, ascending, offset: page * PAGE, limit: PAGE });
      if (question !== this.#question) return;
      this.#pages = new Map([...(anew ? [] : this.#pages), [page, found.rows]]);
      this.total = found.total;
      this.counts = found.counts;
      this.failure = null;
      this.asked = true;
    } catch (error) {
      if (question === this.#question) this.failure = refusalFrom(error);
    } finally {
      if (question === this.#question) this.#asking.delete(page);
    }
  }
}
