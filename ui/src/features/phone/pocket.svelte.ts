/**
 * The customer's phone: whose it is, the bills on it, and what the customer does with them.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { BillView, PhoneAnswer, PhoneView, Refusal } from '../../bridge/generated';

export class Pocket {
  view = $state.raw<PhoneView | null>(null);
  failure = $state.raw<Refusal | null>(null);
  /** MobilePay's words when a payment failed. */
  failed = $state<string | null>(null);
  /** Uuid of the invoice with which something is being done. */
  busy = $state<string | null>(null);
  readonly #call: Call;
  #phone: string;
  #latest = 0;

  /** `phone` is E.164; empty: the first there is. */
  constructor(call: Call, phone: string) {
    this.#call = call;
    this.#phone = phone;
  }

  /** Looks at it again. A number that is no test user's becomes the first one's. */
  async look(): Promise<void> {
    this.#latest += 1;
    const mine = this.#latest;
    try {
      const view = await this.#show(this.#phone);
      if (mine !== this.#latest) return;
      this.view = view;
      this.failure = null;
    } catch (error) {
      if (mine === this.#latest) this.failure = refusalFrom(error);
    }
  }

  /** Takes another phone. */
  async take(phone: string): Promise<void> {
    this.#phone = phone;
    this.failed = null;
    await this.look();
  }

  /** Pays, now or on a day (ISO). */
  pay(bill: BillView, on?: string): Promise<void> {
    return this.#act(bill, (phone) => this.#call('phone_pay', { phone, invoiceId: bill.invoiceId, ...(on ? { on } : {}) }));
  }

  /** Declines. */
  reject(bill: BillView): Promise<void> {
    return this.#act(bill, (phone) => this.#call('phone_reject', { phone, invoiceId: bill.invoiceId }));
  }

  /** Says whether bills may come straight to this phone, or takes a yes back. */
  consent(bill: BillView, granted: boolean): Promise<void> {
    return this.#act(bill, (phone) => this.#call('phone_consent', { phone, invoiceId: bill.invoiceId, granted }));
  }

  async #show(phone: string): Promise<PhoneView> {
    try {
      return await this.#call('phone_show', phone ? { phone } : {});
    } catch (error) {
      if (!phone || refusalFrom(error).code !== 'not_found') throw error;
      this.#phone = '';
      return this.#call('phone_show', {});
    }
  }

  async #act(bill: BillView, act: (phone: string) => Promise<PhoneAnswer>): Promise<void> {
    if (this.busy || !this.view) return;
    this.busy = bill.invoiceId;
    this.failed = null;
    try {
      const answer = await act(this.view.phone);
      this.#latest += 1;
      this.view = answer.phone;
      this.failed = answer.failed;
      this.failure = null;
    } catch (error) {
      this.failure = refusalFrom(error);
    } finally {
      this.busy = null;
    }
  }
}
