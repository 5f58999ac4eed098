/**
 * Consents to be sent invoices by phone: those with one answer at a time, one of them open, whom one could ask, and whose
 * number an answer is. Only the customer says yes or no, so there is nothing here that does.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { ConsentAnswerName, ConsentCountsView, ConsentView, CustomerView, Event as CoreEvent, InvoiceRow, InvoiceView, Refusal } from '../../bridge/generated';

/** Rows that are read at a time. */
const PAGE = 50;
/** Customers that are offered at a time. */
const OFFERED = 8;

export class Agreeing {
  answer = $state<ConsentAnswerName>('waiting');
  rows = $state.raw<ConsentView[]>([]);
  /** Whether the rows are those of this answer: before they are read, nothing is said to be missing. */
  known = $state(false);
  counts = $state.raw<ConsentCountsView | null>(null);
  /** Where the next page begins; `null`: this is all. */
  next = $state.raw<string | null>(null);
  /** The open one, with the link it was asked with. */
  open = $state.raw<ConsentView | null>(null);
  invoice = $state.raw<InvoiceView | null>(null);
  /** Open links with which nobody was asked; `null`: nobody is being asked. */
  links = $state.raw<InvoiceRow[] | null>(null);
  /** Customers to choose from; `null`: nobody is being chosen. */
  customers = $state.raw<CustomerView[] | null>(null);
  /** Why what was asked for was not done; it stands until something else is asked for. */
  failure = $state.raw<Refusal | null>(null);
  /** Why nothing could be read. */
  unread = $state.raw<Refusal | null>(null);
  /** Whether something that was asked for is on its way; reading again is not. */
  busy = $state(false);
  readonly #call: Call;
  #latest = 0;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Reads as many as are shown, at least one page. */
  async read(): Promise<void> {
    this.#latest += 1;
    const mine = this.#latest;
    const limit = Math.min(500, Math.max(PAGE, this.rows.length));
    await this.#quietly(async () => {
      const list = await this.#call('consent_list', { answer: this.answer, after: '', limit });
      if (mine !== this.#latest) return;
      this.rows = list.rows;
      this.known = true;
      this.next = list.next;
      this.counts = list.counts;
      const open = this.open;
      if (open) this.open = list.rows.find((row) => row.id === open.id) ?? open;
    });
  }

  /** Shows those with another answer. */
  async choose(answer: ConsentAnswerName): Promise<void> {
    this.answer = answer;
    this.rows = [];
    this.known = false;
    this.next = null;
    this.close();
    await this.read();
  }

  /** Reads the next page too. */
  async more(): Promise<void> {
    const after = this.next;
    if (!after) return;
    await this.#try(async () => {
      const list = await this.#call('consent_list', { answer: this.answer, after, limit: PAGE });
      this.rows = [...this.rows, ...list.rows];
      this.next = list.next;
    });
  }

  /** Hears what changed. */
  hear(event: CoreEvent): void {
    if (!['consents_changed', 'customers_changed', 'invoices_changed', 'everything_changed'].includes(event.type)) return;
    if (event.type === 'everything_changed') this.close();
    void this.read();
    const invoice = this.invoice;
    if (invoice && event.type === 'invoices_changed' && event.ids.includes(invoice.row.id)) void this.#read(invoice.row.id);
  }

  async show(consent: ConsentView): Promise<void> {
    this.open = consent;
    this.invoice = null;
    if (consent.invoice) await this.#read(consent.invoice.id);
  }

  close(): void {
    this.open = null;
    this.invoice = null;
  }

  /** Looks which links one can ask with. */
  async begin(): Promise<void> {
    await this.#try(async () => {
      this.links = (await this.#call('consent_links', {})).rows;
    });
  }

  /** Asks the payer of this link, and shows it with its texts. */
  async ask(invoice: string): Promise<boolean> {
    return this.#try(async () => {
      const consent = await this.#call('consent_ask', { id: invoice });
      this.links = null;
      if (this.answer !== consent.answer) await this.choose(consent.answer);
      else await this.read();
      await this.show(consent);
    });
  }

  /** Looks at MobilePay for all answers now. */
  async look(): Promise<boolean> {
    const looked = await this.#try(async () => void (await this.#call('consent_refresh', {})));
    if (looked) await this.read();
    return looked;
  }

  /** Offers customers by name or number. */
  async find(text: string): Promise<void> {
    await this.#quietly(async () => {
      this.customers = (await this.#call('customer_list', { text, offset: 0, limit: OFFERED })).customers;
    });
  }

  /** The number of the open one becomes this customer's usual way. */
  async use(customerId: string): Promise<boolean> {
    const open = this.open;
    if (!open) return false;
    return this.#try(async () => {
      this.open = await this.#call('consent_use', { id: open.id, customerId });
      this.customers = null;
      await this.read();
    });
  }

  async #read(id: string): Promise<void> {
    await this.#quietly(async () => {
      const invoice = await this.#call('invoice_show', { id });
      if (this.open?.invoice?.id === id) this.invoice = invoice;
    });
  }

  async #try(act: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.failure = null;
    try {
      await act();
      return true;
    } catch (error) {
      this.failure = refusalFrom(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  async #quietly(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.unread = null;
    } catch (error) {
      this.unread = refusalFrom(error);
    }
  }
}
