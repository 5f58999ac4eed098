/**
 * One run: how far it is, what could be sent, and the rows that are looked at, read page by page.
 *
 * The core tells how far it is a few times a second; what else changed is read again when that rests a little.
 */
import type { Call, CoreEvent } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { ChannelName, Commands, Refusal, RunOffer, RunPart, RunProgress, RunRowView, RunView } from '../../bridge/generated';

/** Rows in a page. */
export const PAGE = 100;
/** The most rows that one answer has. */
const MOST = 500;
/** How long news may rest before everything is read again, in milliseconds. */
const REST = 400;

/** What can be done with a run as a whole. */
export type Act = 'run_pause' | 'run_resume' | 'run_stop' | 'run_retry';

export class Running {
  readonly id: string;
  view = $state.raw<RunView | null>(null);
  channel = $state<ChannelName>('phone');
  part = $state<RunPart>('all');
  rows = $state.raw<RunRowView[]>([]);
  /** Whether an answer about rows is here at all. */
  asked = $state(false);
  failure = $state.raw<Refusal | null>(null);
  doing = $state(false);
  /** Its rows are getting their numbers. It can be paused and stopped meanwhile. */
  sending = $state(false);
  readonly #call: Call;
  #next: number | null = null;
  #more = false;
  #question = 0;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #chosen = false;

  constructor(call: Call, id: string) {
    this.#call = call;
    this.id = id;
  }

  get progress(): RunProgress | null {
    return this.view?.run.progress ?? null;
  }

  /** What would go by the way that is chosen. */
  get offer(): RunOffer | null {
    return this.view && (this.channel === 'phone' ? this.view.toPhone : this.view.asLink);
  }

  /** Whether something of it is still on its way out. */
  get underWay(): boolean {
    const progress = this.progress;
    return progress !== null && progress.waiting + progress.onTheWay + progress.failed > 0;
  }

  async read(): Promise<void> {
    clearTimeout(this.#resting);
    this.#resting = undefined;
    try {
      this.#see(await this.#call('run_show', { id: this.id }));
      await this.#look();
    } catch (error) {
      this.failure = refusalFrom(error);
    }
  }

  async choose(part: RunPart): Promise<void> {
    this.part = part;
    this.rows = [];
    this.asked = false;
    await this.#look();
  }

  async go(channel: ChannelName): Promise<void> {
    this.#chosen = true;
    this.channel = channel;
    await this.#look();
  }

  /** The rows up to `end` are in sight. */
  see(end: number): void {
    if (this.#next === null || this.#more || end + PAGE / 2 < this.rows.length) return;
    this.#more = true;
    void this.#further();
  }

  hear(event: CoreEvent): void {
    if (event.type === 'run_changed' && event.id !== this.id) return;
    if (event.type === 'run_changed' && event.progress && this.view) {
      this.view = { ...this.view, run: { ...this.view.run, progress: event.progress } };
    }
    if (event.type === 'run_changed' || event.type === 'invoices_changed' || event.type === 'everything_changed') {
      this.#resting ??= setTimeout(() => void this.read(), REST);
    }
  }

  /** Sends what is shown, and nothing else. */
  async send(): Promise<boolean> {
    const { offer, channel } = this;
    if (!offer || this.sending || this.doing) return false;
    this.sending = true;
    try {
      return await this.#do('run_send', { id: this.id, channel, count: offer.count, totalMinor: offer.total.minor });
    } finally {
      this.sending = false;
    }
  }

  async act(act: Act): Promise<boolean> {
    if (this.doing) return false;
    this.doing = true;
    try {
      return await this.#do(act, { id: this.id });
    } finally {
      this.doing = false;
    }
  }

  /** Forgets it. Answers whether it is gone. */
  async discard(): Promise<boolean> {
    try {
      await this.#call('run_discard', { id: this.id });
      return true;
    } catch (error) {
      this.failure = refusalFrom(error);
      return false;
    }
  }

  end(): void {
    clearTimeout(this.#resting);
    this.#question += 1;
  }

  #see(view: RunView): void {
    const first = this.view === null;
    this.view = view;
    // The way by which more can go, until the merchant chooses.
    if (first && !this.#chosen && view.toPhone.count < view.asLink.count) this.channel = 'link';
  }

  async #do<N extends Act | 'run_send'>(name: N, input: Commands[N]['input']): Promise<boolean> {
    this.failure = null;
    try {
      this.#see((await this.#call(name, input)) as RunView);
      await this.#look();
      return true;
    } catch (error) {
      const failure = refusalFrom(error);
      await this.read();
      this.failure = failure;
      return false;
    }
  }

  /** Reads the rows again as far as they were read. */
  async #look(): Promise<void> {
    this.#question += 1;
    const question = this.#question;
    const limit = Math.min(MOST, Math.max(PAGE, this.rows.length));
    const { id, part, channel } = this;
    try {
      const found = await this.#call('run_rows', { id, part, channel, after: 0, limit });
      if (question !== this.#question) return;
      this.rows = found.rows;
      this.#next = found.next;
      this.asked = true;
    } catch (error) {
      if (question === this.#question) this.failure = refusalFrom(error);
    }
  }

  async #further(): Promise<void> {
    const question = this.#question;
    const { id, part, channel } = this;
    try {
      const found = await this.#call('run_rows', { id, part, channel, after: this.#next ?? 0, limit: PAGE });
      if (question !== this.#question) return;
      this.rows = [...this.rows, ...found.rows];
      this.#next = found.next;
    } catch (error) {
      if (question === this.#question) this.failure = refusalFrom(error);
    } finally {
      this.#more = false;
    }
  }
}
