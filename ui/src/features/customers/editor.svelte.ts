/**
 * One customer in a form: new or known, saved at once or not at all, with what is wrong beside each box.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { CustomerForm, CustomerView, ProblemView, Refusal } from '../../bridge/generated';

/** A customer with nothing filled in. */
export function blank(): CustomerForm {
  return { id: '', name: '', phone: '', street: '', postalCode: '', city: '', email: '', language: null };
}

/** A saved customer as the form shows it. */
export function formOf(customer: CustomerView): CustomerForm {
  const { id, name, phone, phoneShown, street, postalCode, city, email, language } = customer;
  return { id, name, phone: phoneShown || phone, street, postalCode, city, email, language };
}

/** What was typed to find a customer, as the beginning of a new one: digits are a phone, everything else a name. */
export function begunWith(text: string): CustomerForm {
  const typed = text.trim();
  return /^\+?[\d\s().-]{3,}$/.test(typed) ? { ...blank(), phone: typed } : { ...blank(), name: typed };
}

export class Editor {
  form = $state<CustomerForm>(blank());
  problems = $state.raw<ProblemView[]>([]);
  busy = $state(false);
  failure = $state.raw<Refusal | null>(null);

  readonly #call: Call;
  #before = '';

  constructor(call: Call, form: CustomerForm) {
    this.#call = call;
    this.form = { ...form };
    this.#before = JSON.stringify(form);
  }

  /** Whether it is a new customer. */
  get isNew(): boolean {
    return this.form.id === '';
  }

  /** Whether something was typed that is not saved. */
  get changed(): boolean {
    return JSON.stringify(this.form) !== this.#before;
  }

  /** What is wrong with one box. */
  beside(field: keyof CustomerForm): ProblemView | null {
    return this.problems.find((problem) => problem.field === field) ?? null;
  }

  /** A box was changed: what was said of it no longer holds. */
  typed(field: keyof CustomerForm): void {
    this.problems = this.problems.filter((problem) => problem.field !== field);
  }

  /** Saves. Answers the customer, or `null` when something is wrong, which then stands beside its box. */
  async save(): Promise<CustomerView | null> {
    if (this.busy) return null;
    this.busy = true;
    this.failure = null;
    try {
      const saved = await this.#call('customer_save', $state.snapshot(this.form));
      this.problems = saved.problems;
      if (saved.customer) {
        this.form = formOf(saved.customer);
        this.#before = JSON.stringify(this.form);
      }
      return saved.customer;
    } catch (error) {
      this.failure = refusalFrom(error);
      this.problems = this.failure.fields;
      return null;
    } finally {
      this.busy = false;
    }
  }
}
