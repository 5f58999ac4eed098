/** The business on the paper, as it is being changed. */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { BusinessView, ProblemView, Refusal } from '../../bridge/generated';

export class BusinessForm {
  form: BusinessView = $state()!;
  problems = $state.raw<ProblemView[]>([]);
  failure = $state.raw<Refusal | null>(null);
  busy = $state(false);
  readonly #call: Call;
  #kept = '';
  /** The next number that the box showed: the core sets another one only if it still is the next. */
  #shownNumber = 0;

  constructor(call: Call, business: BusinessView) {
    this.#call = call;
    this.#take(business);
  }

  #take(business: BusinessView): void {
    this.form = { ...business };
    this.#kept = JSON.stringify(business);
    this.#shownNumber = business.nextNumber;
  }

  get changed(): boolean {
    return JSON.stringify(this.form) !== this.#kept;
  }

  /** Takes over what the core says now, unless something was typed that is not saved. Answers whether it was taken. */
  learn(business: BusinessView): boolean {
    if (this.busy || this.changed) return false;
    this.#take(business);
    return true;
  }

  /** What is wrong with a box. */
  problemOf(field: keyof BusinessView): ProblemView | undefined {
    return this.problems.find((problem) => problem.field === field);
  }

  /** Saves, and answers whether it was saved. */
  async save(): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.failure = null;
    try {
      const saved = await this.#call('business_save', { ...$state.snapshot(this.form), shownNumber: this.#shownNumber });
      this.problems = saved.problems;
      // Its problem, if it has one, tells which number is the next by now: the merchant has seen it.
      this.#shownNumber = saved.business.nextNumber;
      if (saved.problems.length > 0) return false;
      this.#take(saved.business);
      return true;
    } catch (error) {
      this.failure = refusalFrom(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
