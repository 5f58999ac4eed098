/**
 * One invoice in the pane: what it says, and what is being done with it.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { DraftView, InvoiceView, PaperLanguage, Refusal } from '../../bridge/generated';
import { Sheets } from '../paper';

/** What takes a moment. */
export type Doing = 'ask_consent' | 'cancel' | 'refresh' | 'save_pdf' | 'undo';

export class Opened {
  readonly id: string;
  view = $state.raw<InvoiceView | null>(null);
  /** Why it cannot be read, or why the last action came to nothing. */
  failure = $state.raw<Refusal | null>(null);
  doing = $state<Doing | null>(null);
  readonly sheets: Sheets;
  readonly #call: Call;

  constructor(call: Call, id: string) {
    this.#call = call;
    this.id = id;
    this.sheets = new Sheets((language) => call('invoice_paper', { id, ...(language ? { language } : {}) }));
  }

  async read(): Promise<void> {
    try {
      this.view = await this.#call('invoice_show', { id: this.id });
    } catch (error) {
      this.failure = refusalFrom(error);
    }
  }

  /** Asks MobilePay for the state. Answers whether it came. */
  refresh(): Promise<boolean> {
    return this.#do('refresh', async () => (this.view = await this.#call('invoice_refresh', { id: this.id })));
  }

  /** Cancels it at MobilePay. Answers whether MobilePay did. */
  cancel(): Promise<boolean> {
    return this.#do('cancel', async () => (this.view = await this.#call('invoice_cancel', { id: this.id })));
  }

  /** Asks the customer with this link for consent. Answers whether MobilePay will ask. */
  askConsent(): Promise<boolean> {
    return this.#do('ask_consent', async () => {
      await this.#call('consent_ask', { id: this.id });
      await this.read();
    });
  }

  /** Saves the paper. Answers where it lies. */
  async savePdf(language?: PaperLanguage): Promise<string | null> {
    let path: string | null = null;
    await this.#do('save_pdf', async () => {
      path = (await this.#call('invoice_save_pdf', { id: this.id, ...(language ? { language } : {}) })).path;
    });
    return path;
  }

  /** Takes it back while it is held. */
  async undo(): Promise<DraftView | null> {
    let draft: DraftView | null = null;
    await this.#do('undo', async () => {
      draft = await this.#call('invoice_undo', { id: this.id });
    });
    return draft;
  }

  end(): void {
    this.sheets.end();
  }

  async #do(what: Doing, act: () => Promise<unknown>): Promise<boolean> {
    if (this.doing) return false;
    this.doing = what;
    this.failure = null;
    try {
      await act();
      return true;
    } catch (error) {
      this.failure = refusalFrom(error);
      // Whatever came of it, the books know.
      if (what !== 'save_pdf') await this.read();
      return false;
    } finally {
      this.doing = null;
    }
  }
}
