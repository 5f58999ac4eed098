/**
 * The customers page: the list, and at most one customer open beside it.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { CustomerView, Refusal } from '../../bridge/generated';
import { blank, Editor, formOf } from './editor.svelte';
import { Finder } from './finder.svelte';

/** Rows that the list shows at a time. */
const PAGE = 100;

export class Book {
  readonly finder: Finder;
  /** The customer in the pane; `null`: no pane. */
  editor = $state.raw<Editor | null>(null);
  /** Whom the merchant is asked about before they are taken out. */
  leaving = $state.raw<CustomerView | null>(null);
  failure = $state.raw<Refusal | null>(null);
  /** Where the merchant wants to go while changes in the pane are not saved. */
  waiting = $state.raw<(() => void) | null>(null);

  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
    this.finder = new Finder(call, PAGE);
  }

  /** Id of the customer in the pane; empty for a new one or none. */
  get open(): string {
    return this.editor?.form.id ?? '';
  }

  /** Opens an empty form. */
  begin(): void {
    this.#leave(() => (this.editor = new Editor(this.#call, blank())));
  }

  /** Opens a customer. */
  show(customer: CustomerView): void {
    this.#leave(() => (this.editor = new Editor(this.#call, formOf(customer))));
  }

  /** Saves what waits, then goes where the merchant wanted. Stays when something is wrong. */
  async saveAndGo(): Promise<void> {
    const go = this.waiting;
    this.waiting = null;
    if (await this.save()) go?.();
  }

  /** Goes where the merchant wanted, without what waits. */
  goWithout(): void {
    const go = this.waiting;
    this.waiting = null;
    go?.();
  }

  /** Opens the customer of this id, wherever in the list it is. */
  async showId(id: string): Promise<void> {
    if (!this.finder.asked) await this.finder.look();
    const customer = this.finder.found.find((each) => each.id === id);
    if (customer) this.show(customer);
  }

  /** Closes the pane. */
  close(): void {
    this.#leave(() => (this.editor = null));
  }

  /** Saves what is in the pane. Answers whether it was. */
  async save(): Promise<CustomerView | null> {
    const customer = (await this.editor?.save()) ?? null;
    if (customer) await this.finder.look();
    return customer;
  }

  /** The customer in the pane as the list knows it. */
  get shown(): CustomerView | null {
    return this.finder.found.find((each) => each.id === this.open) ?? null;
  }

  /** Asks before taking a customer out. */
  askToRemove(customer: CustomerView): void {
    this.leaving = customer;
  }

  /** Takes out whom the merchant was asked about. Invoices keep what they said. */
  async remove(): Promise<boolean> {
    const customer = this.leaving;
    this.leaving = null;
    if (!customer) return false;
    try {
      await this.#call('customer_remove', { id: customer.id });
    } catch (error) {
      this.failure = refusalFrom(error);
      return false;
    }
    if (this.open === customer.id) this.editor = null;
    await this.finder.look();
    return true;
  }

  /** What was typed and not saved is asked about, never dropped. */
  #leave(go: () => void): void {
    if (this.editor?.changed) this.waiting = go;
    else go();
  }
}
