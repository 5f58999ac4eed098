/**
 * The composer as a whole: one draft with its customer box, its paper and its sending, from opening to closing.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { ChannelName, CountryCode, DraftView, InvoiceView, Refusal } from '../../bridge/generated';
import { Picker } from '../customers';
import { Sheets } from '../paper';
import { Draft } from './draft.svelte';
import { isEmpty } from './lines';
import { Sending } from './sending.svelte';

/** Which draft to open. */
export interface Opening {
  /** This one; absent: a new one. */
  id?: string;
  /** A new one for this customer. */
  customerId?: string;
  /** A new one like this invoice. */
  likeInvoice?: string;
}

/** An open draft and all that belongs to it. */
export class Composing {
  readonly draft: Draft;
  readonly picker: Picker;
  readonly sheets: Sheets;
  readonly sending: Sending;
  #stopped = $state(false);
  readonly #call: Call;

  constructor(call: Call, view: DraftView, country: CountryCode, today: () => string) {
    this.#call = call;
    this.draft = new Draft(call, view, country, today);
    this.picker = new Picker(
      call,
      () => this.draft.fields.recipient,
      (recipient) => {
        this.draft.fields.recipient = recipient;
        this.draft.changed();
        void this.draft.saving.flush();
      },
    );
    this.sheets = new Sheets((language) => call('draft_paper', { id: view.id, ...(language ? { language } : {}) }));
    this.sending = new Sending(call, this.draft);
    void this.picker.recognise();
  }

  /** The way to send that suits the customer. */
  get usual(): ChannelName {
    if (this.draft.fields.recipient.phone.trim() === '') return 'link';
    return this.picker.known?.defaultChannel ?? 'phone';
  }

  /** Whether nothing was written: such a draft is not worth keeping. */
  get blank(): boolean {
    const { recipient, comment, paymentReference } = this.draft.fields;
    const texts = [recipient.name, recipient.phone, comment, paymentReference];
    return texts.every((text) => text.trim() === '') && this.draft.rows.every((row) => isEmpty(row.line));
  }

  /** Sends, and answers the invoice. A customer who is only half written is finished first, never left out. */
  async send(channel: ChannelName): Promise<InvoiceView | null> {
    if (this.sending.busy) return null;
    this.#stopped = !(await this.picker.settled());
    return this.#stopped ? null : this.sending.send(channel);
  }

  /** Whether sending waits for the customer to be finished. */
  get unfinished(): boolean {
    return this.#stopped && this.picker.halfWritten;
  }

  /** Saves everything and lets go. An empty draft is thrown away. Answers whether nothing is lost. */
  async close(): Promise<boolean> {
    if (this.blank) return this.discard();
    const saved = await this.draft.settled();
    if (saved) this.sheets.end();
    return saved;
  }

  /** Throws the draft away. */
  async discard(): Promise<boolean> {
    await this.draft.saving.abandon();
    try {
      await this.#call('draft_discard', { id: this.draft.id });
    } catch (error) {
      if (refusalFrom(error).code !== 'not_found') return false;
    }
    this.sheets.end();
    return true;
  }
}

/** Opens a draft, or says why not. */
export async function openDraft(
  call: Call,
  opening: Opening,
  country: CountryCode,
  today: () => string,
): Promise<Composing | Refusal> {
  const { id, customerId, likeInvoice } = opening;
  try {
    const view = id
      ? await call('draft_show', { id })
      : await call('draft_create', { ...(customerId ? { customerId } : {}), ...(likeInvoice ? { likeInvoice } : {}) });
    return new Composing(call, view, country, today);
  } catch (error) {
    return refusalFrom(error);
  }
}
