/**
 * The reconciliation of some days: what is shown of it, fetching it from MobilePay, and saving it as a file.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { ExportFormat, PaperLanguage, ReconciledPart, ReconciliationFetched, ReconciliationView, Refusal } from '../../bridge/generated';
import { periodOf, type Period, type Preset } from './period';

/** Rows that one look brings. */
export const ROWS = 200;

export class Book {
  preset = $state<Preset>('this_month');
  period = $state.raw<Period>({ first: '', last: '' });
  part = $state<ReconciledPart>('unmatched');
  view = $state.raw<ReconciliationView | null>(null);
  failure = $state.raw<Refusal | null>(null);
  /** What the last fetch brought. */
  fetched = $state.raw<ReconciliationFetched | null>(null);
  doing = $state<'fetch' | 'save' | null>(null);
  readonly #call: Call;
  readonly #today: () => string;
  #latest = 0;
  #rows = ROWS;

  /** `today` is the merchant's day, ISO. */
  constructor(call: Call, today: () => string) {
    this.#call = call;
    this.#today = today;
    this.period = periodOf('this_month', today());
  }

  /** Whether both ends of the period can be asked about. */
  get inOrder(): boolean {
    const { first, last } = this.period;
    return first !== '' && last !== '' && first <= last;
  }

  /** Whether it ends before it begins. One end that is no day is said beside its box. */
  get backwards(): boolean {
    return !this.inOrder && this.period.first !== '' && this.period.last !== '';
  }

  choose(preset: Preset): Promise<void> {
    this.preset = preset;
    if (preset === 'own') return Promise.resolve();
    return this.#over(periodOf(preset, this.#today()));
  }

  /** The merchant's day is another one: a period that is named by it follows. */
  follow(): Promise<void> {
    return this.preset === 'own' ? this.read() : this.choose(this.preset);
  }

  /** One end of the period, as picked. */
  pick(end: Partial<Period>): Promise<void> {
    this.preset = 'own';
    return this.#over({ ...this.period, ...end });
  }

  show(part: ReconciledPart): Promise<void> {
    this.part = part;
    this.#rows = ROWS;
    return this.read();
  }

  more(): Promise<void> {
    this.#rows += ROWS;
    return this.read();
  }

  async read(): Promise<void> {
    if (!this.inOrder) return;
    this.#latest += 1;
    const mine = this.#latest;
    const { period, part } = this;
    try {
      const view = await this.#page(period, part);
      if (mine !== this.#latest) return;
      this.view = view;
      this.failure = null;
    } catch (error) {
      if (mine === this.#latest) this.failure = refusalFrom(error);
    }
  }

  /** Asks MobilePay about the period. */
  async fetch(): Promise<boolean> {
    if (this.doing || !this.inOrder) return false;
    this.doing = 'fetch';
    this.fetched = null;
    try {
      this.fetched = await this.#call('reconciliation_fetch', this.period);
      await this.read();
      return true;
    } catch (error) {
      this.failure = refusalFrom(error);
      return false;
    } finally {
      this.doing = null;
    }
  }

  /** Saves the period as a file; answers where. */
  async save(format: ExportFormat, language: PaperLanguage): Promise<string | null> {
    if (this.doing || !this.inOrder) return null;
    this.doing = 'save';
    try {
      return (await this.#call('reconciliation_export', { ...this.period, format, language })).path;
    } catch (error) {
      this.failure = refusalFrom(error);
      return null;
    } finally {
      this.doing = null;
    }
  }

  #over(period: Period): Promise<void> {
    this.period = period;
    this.fetched = null;
    this.#rows = ROWS;
    return this.read();
  }

  /** As many rows as were asked for, in pages that the core gives whole. */
  async #page(period: Period, part: ReconciledPart): Promise<ReconciliationView> {
    const ask = (offset: number): Promise<ReconciliationView> => this.#call('reconciliation_show', { ...period, part, offset, limit: ROWS });
    let view = await ask(0);
    while (view.rows.length < Math.min(this.#rows, view.total)) {
      const next = await ask(view.rows.length);
      if (next.rows.length === 0) break;
      view = { ...next, rows: [...view.rows, ...next.rows] };
    }
    return view;
  }
}
