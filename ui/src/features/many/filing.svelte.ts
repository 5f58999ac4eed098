/**
 * A file on its way in: handed over in pieces, read by the core, then kept as a run the way the merchant means it.
 *
 * Nothing is sent here; what is kept is shown first.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import { shownDate } from '../../i18n';
import type { DateExample, ImportField, ImportPlan, ImportView, PaperLanguage, Refusal, RunView } from '../../bridge/generated';

/** Bytes of a piece: what the core takes at once, and less. */
export const PIECE = 192 * 1024;

/** A file as the page has it. */
export type Chosen = Pick<File, 'name' | 'size' | 'slice'>;

/** What the core finds in the file, and the merchant may know better. */
type Findable = 'decimal' | 'dates' | 'priceBasis';

export class Filing {
  /** The file that is being read. */
  reading = $state('');
  view = $state.raw<ImportView | null>(null);
  plan = $state<ImportPlan | null>(null);
  /** A date of the file, by which its order is shown. */
  date = $state.raw<DateExample | null>(null);
  failure = $state.raw<Refusal | null>(null);
  busy = $state(false);
  readonly #call: Call;
  #latest = 0;
  #looks = 0;
  #chosen = new Set<Findable>();

  constructor(call: Call) {
    this.#call = call;
  }

  async take(file: Chosen): Promise<void> {
    this.#latest += 1;
    const mine = this.#latest;
    this.reading = file.name;
    this.failure = null;
    try {
      const { id } = await this.#call('import_begin', { name: file.name, size: file.size });
      for (let at = 0; at < file.size; at += PIECE) {
        const bytes = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
        await this.#call('import_piece', { id, base64: base64Of(bytes) });
      }
      const view = await this.#call('import_read', { id });
      if (mine !== this.#latest) return;
      this.view = view;
      this.date = view.date;
      this.#chosen.clear();
      this.plan = { ...view.plan, dueDate: shownDate(view.plan.dueDate) };
    } catch (error) {
      if (mine === this.#latest) this.failure = refusalFrom(error);
    } finally {
      if (mine === this.#latest) this.reading = '';
    }
  }

  /** A column means this, and nothing if `field` is null. Two cannot mean the same: the newer choice stands. */
  async mean(column: number, field: ImportField | null): Promise<void> {
    if (!this.plan) return;
    this.plan.columns = this.plan.columns.map((before, at) => (at === column ? field : before === field ? null : before));
    await this.#look();
  }

  async head(hasHeadings: boolean): Promise<void> {
    if (!this.plan) return;
    this.plan.hasHeadings = hasHeadings;
    await this.#look();
  }

  /** What the merchant says is not found anew. */
  choose<N extends Findable>(name: N, value: ImportPlan[N]): void {
    if (!this.plan) return;
    this.plan[name] = value;
    this.#chosen.add(name);
  }

  /** Finds again what the file shows, now that its columns mean something else. */
  async #look(): Promise<void> {
    if (!this.plan) return;
    this.#looks += 1;
    const [mine, file] = [this.#looks, this.#latest];
    const { id, columns, hasHeadings } = $state.snapshot(this.plan);
    try {
      const found = await this.#call('import_look', { id, columns, hasHeadings });
      if (mine !== this.#looks || file !== this.#latest || !this.plan) return;
      this.date = found.date;
      if (!this.#chosen.has('decimal')) this.plan.decimal = found.decimal;
      if (!this.#chosen.has('dates')) this.plan.dates = found.dates;
      if (!this.#chosen.has('priceBasis')) this.plan.priceBasis = found.priceBasis;
    } catch (error) {
      if (mine === this.#looks && file === this.#latest) this.failure = refusalFrom(error);
    }
  }

  /** Makes a run of it. Answers nothing when it was refused. */
  async keep(): Promise<RunView | null> {
    if (!this.plan || this.busy) return null;
    this.busy = true;
    this.failure = null;
    try {
      const run = await this.#call('import_keep', $state.snapshot(this.plan));
      this.leave();
      return run;
    } catch (error) {
      this.failure = refusalFrom(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  leave(): void {
    this.#latest += 1;
    this.view = null;
    this.plan = null;
    this.date = null;
    this.failure = null;
  }

  /** Saves a file to begin with. Answers where it lies. */
  async template(language: PaperLanguage): Promise<string | null> {
    try {
      return (await this.#call('import_template_save', { language })).path;
    } catch (error) {
      this.failure = refusalFrom(error);
      return null;
    }
  }
}

function base64Of(bytes: Uint8Array): string {
  let text = '';
  // In parts, because a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
