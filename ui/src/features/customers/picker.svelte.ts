/**
 * The customer box of the composer: finds while one types, and makes a new customer in place.
 *
 * At most one of three things is on the screen: the chosen customer, the box to find one, or the form of one.
 */
import type { Call } from '../../bridge';
import type { CustomerView, RecipientFormView } from '../../bridge/generated';
import { begunWith, blank, Editor } from './editor.svelte';
import { Finder } from './finder.svelte';

/** Rows of the list under the box. */
const ROWS = 8;

/** What the box shows. */
export type PickerState = 'chosen' | 'finding' | 'writing';

export class Picker {
  readonly finder: Finder;
  editor = $state.raw<Editor | null>(null);
  /** Whether the list under the box is open. */
  open = $state(false);
  /** The row that the arrows reached; the last one is "new customer". */
  active = $state(0);
  /** The chosen customer as the books know them, once looked up. */
  known = $state.raw<CustomerView | null>(null);

  #finding = $state(false);
  readonly #call: Call;
  readonly #recipient: () => RecipientFormView;
  readonly #choose: (recipient: RecipientFormView) => void;

  /** `recipient` is whom the invoice is for now; `choose` writes another one into it. */
  constructor(call: Call, recipient: () => RecipientFormView, choose: (recipient: RecipientFormView) => void) {
    this.#call = call;
    this.#recipient = recipient;
    this.#choose = choose;
    this.finder = new Finder(call, ROWS);
  }

  get state(): PickerState {
    if (this.editor) return 'writing';
    const { customerId, name, phone } = this.#recipient();
    return this.#finding || (!customerId && !name && !phone) ? 'finding' : 'chosen';
  }

  /** Rows that the arrows can reach: those found and "new customer". */
  get rows(): number {
    return this.finder.found.length + 1;
  }

  /** Begins to look for somebody else. */
  change(): void {
    this.#finding = true;
    this.finder.text = '';
    this.show();
  }

  /** Opens the list with what is known now. */
  show(): void {
    if (this.open) return;
    this.open = true;
    this.active = 0;
    void this.finder.look();
  }

  /** Closes the list; the customer chosen before stays. */
  leave(): void {
    this.open = false;
    const { customerId, name, phone } = this.#recipient();
    if (!customerId && !name && !phone) return;
    this.#finding = false;
    this.finder.text = '';
  }

  /** Something was typed. */
  type(text: string): void {
    this.open = true;
    this.active = 0;
    this.finder.type(text);
  }

  /** The arrows: around the list and back to its beginning. */
  step(by: 1 | -1): void {
    if (!this.open) {
      this.show();
      return;
    }
    this.active = (this.active + by + this.rows) % this.rows;
  }

  /** Takes the row that the arrows reached. Waits for the list of what was typed, so that Enter never takes a stranger. */
  async take(): Promise<CustomerView | null> {
    if (!this.open) return null;
    await this.finder.caughtUp();
    const customer = this.finder.found[Math.min(this.active, this.finder.found.length)];
    if (!customer) {
      this.write();
      return null;
    }
    this.pick(customer);
    return customer;
  }

  /** The invoice is for this customer. */
  pick(customer: CustomerView): void {
    this.known = customer;
    this.open = false;
    this.#finding = false;
    this.finder.text = '';
    this.editor = null;
    this.#choose({
      customerId: customer.id,
      name: customer.name,
      phone: customer.phoneShown || customer.phone,
      address: { street: customer.street, postalCode: customer.postalCode, city: customer.city, extra: '' },
    });
  }

  /** Opens the form of a new customer, begun with what was typed. */
  write(): void {
    this.open = false;
    this.editor = new Editor(this.#call, begunWith(this.finder.text));
  }

  /** Looks up what the books know of the chosen customer: their language, and how they usually get invoices. */
  async recognise(): Promise<void> {
    const { customerId, name, phone } = this.#recipient();
    this.known = null;
    if (!customerId) return;
    const finder = new Finder(this.#call, 50);
    finder.text = name || phone;
    await finder.look();
    this.known = finder.found.find((customer) => customer.id === customerId) ?? null;
  }

  /** Opens the form of the chosen customer, e.g. to add a phone number. */
  async correct(): Promise<void> {
    if (!this.known) await this.recognise();
    const { name, phone, address } = this.#recipient();
    const { street, postalCode, city } = address;
    const { id, email, language } = this.known ?? blank();
    this.open = false;
    this.editor = new Editor(this.#call, { id, email, language, name, phone, street, postalCode, city });
  }

  /** Saves the form and takes its customer. Answers whether it was saved. */
  async save(): Promise<boolean> {
    const customer = (await this.editor?.save()) ?? null;
    if (customer) this.pick(customer);
    return customer !== null;
  }

  /** Whether somebody was begun: a form that is not saved, or a text that names nobody yet. */
  get halfWritten(): boolean {
    return this.editor !== null || (this.state === 'finding' && this.finder.text.trim() !== '');
  }

  /** Finishes whom the merchant began. Answers whether the invoice is for whom the box shows. */
  async settled(): Promise<boolean> {
    if (this.editor) return this.editor.changed || this.editor.isNew ? this.save() : (this.cancel(), true);
    if (!this.halfWritten) return true;
    this.write();
    return false;
  }

  /** Gives the form up. */
  cancel(): void {
    this.editor = null;
    this.finder.text = '';
  }
}
