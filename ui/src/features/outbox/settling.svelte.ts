/** Settling what became of one invoice: by asking again, by its id, or by giving up a link that nobody has. */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { DraftView, IdWrong, OutboxRow, Refusal, TriedNow, WayOn } from '../../bridge/generated';

/** The latest so many are offered. */
const MOST_HEARD = 5;

export class Settling {
  readonly about: OutboxRow;
  /** The id as it is typed. */
  typed = $state('');
  /** What does not fit about it. */
  wrong = $state.raw<IdWrong | null>(null);
  failure = $state.raw<Refusal | null>(null);
  doing = $state<WayOn | null>(null);
  /** Ids of which MobilePay told in a callback and that no invoice of these books bears: this one's may be among them. */
  heard = $state.raw<string[]>([]);
  readonly #call: Call;

  constructor(call: Call, about: OutboxRow) {
    this.#call = call;
    this.about = about;
  }

  /** Reads which ids are looking for their invoice. None are no hindrance. */
  async listen(): Promise<void> {
    try {
      const { strays } = await this.#call('callbacks_strays', {});
      this.heard = [...new Set(strays.map((stray) => stray.serviceId).filter(Boolean))].slice(0, MOST_HEARD);
    } catch (error) {
      this.failure = refusalFrom(error);
    }
  }

  /** The very same bytes once more. */
  again(): Promise<TriedNow | null> {
    return this.#do('try_now', () => this.#call('outbox_try_now', { id: this.about.row.id }));
  }

  /** Another id is being typed: what was said of the former one is over. */
  type(text: string): void {
    this.typed = text;
    this.wrong = null;
  }

  /** Has the typed id checked. Answers whether it is this invoice. */
  async name(): Promise<boolean> {
    if (!this.typed.trim()) {
      this.wrong = { what: 'unreadable', found: '' };
      return false;
    }
    const input = { id: this.about.row.id, serviceId: this.typed };
    const named = await this.#do('name_id', () => this.#call('outbox_name_id', input));
    this.wrong = named?.wrong ?? null;
    return named !== null && named.wrong === null;
  }

  /** Gives the link up. Answers the draft that takes its place. */
  async giveUp(): Promise<DraftView | null> {
    const given = await this.#do('give_up', () => this.#call('outbox_give_up', { id: this.about.row.id }));
    return given?.draft ?? null;
  }

  async #do<T>(way: WayOn, act: () => Promise<T>): Promise<T | null> {
    if (this.doing) return null;
    this.doing = way;
    this.failure = null;
    try {
      return await act();
    } catch (error) {
      this.failure = refusalFrom(error);
      return null;
    } finally {
      this.doing = null;
    }
  }
}
