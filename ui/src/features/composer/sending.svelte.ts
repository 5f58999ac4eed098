/**
 * Sending one draft: once, and exactly what is on the screen.
 *
 * The core numbers, freezes and queues it in one transaction; here only a second click is kept out, everything is saved
 * first, and a refusal leads to the boxes that caused it.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { ChannelName, InvoiceView, Refusal } from '../../bridge/generated';
import { placeOf, type Beside } from './boxes';
import type { Draft } from './draft.svelte';

export class Sending {
  /** The way it is being sent by, while it is. */
  busy = $state<ChannelName | null>(null);
  /** The way that was refused last; its problems stand in the summary until they are gone. */
  refused = $state<ChannelName | null>(null);
  /** What went wrong besides the boxes. */
  failure = $state.raw<Refusal | null>(null);

  readonly #call: Call;
  readonly #draft: Draft;

  constructor(call: Call, draft: Draft) {
    this.#call = call;
    this.#draft = draft;
  }

  /** What forbids sending by `channel`. */
  forbidding(channel: ChannelName): Beside[] {
    return this.#draft.problems.filter(({ problem }) => problem.channel === null || problem.channel === channel);
  }

  /** The problems that the last refused try left, from top to bottom. */
  get summary(): Beside[] {
    return this.refused ? this.forbidding(this.refused).sort((one, other) => placeOf(one.box) - placeOf(other.box)) : [];
  }

  /** Sends, or shows why not and answers `null`. A second call while one is on its way does nothing. */
  async send(channel: ChannelName): Promise<InvoiceView | null> {
    if (this.busy) return null;
    this.busy = channel;
    this.refused = null;
    this.failure = null;
    try {
      return await this.#send(channel);
    } finally {
      this.busy = null;
    }
  }

  async #send(channel: ChannelName): Promise<InvoiceView | null> {
    const draft = this.#draft;
    if (!(await draft.settled())) {
      this.failure = refusalFrom(draft.saving.failure);
      return null;
    }
    if (draft.overtaken) return null;
    if (this.forbidding(channel).length > 0) {
      this.#refuse(channel);
      return null;
    }
    try {
      const invoice = await this.#call('draft_send', { id: draft.id, revision: draft.revision, channel });
      await draft.saving.abandon();
      return invoice;
    } catch (error) {
      await this.#explain(refusalFrom(error), channel);
      return null;
    }
  }

  #refuse(channel: ChannelName): void {
    this.#draft.asked = channel;
    this.refused = channel;
  }

  /** The day may have turned or the issuer gone since the last reading: the newest reading says what is wrong now. */
  async #explain(refusal: Refusal, channel: ChannelName): Promise<void> {
    this.failure = refusal;
    if (refusal.code !== 'not_sendable' && refusal.code !== 'changed_meanwhile') return;
    await this.#draft.reload();
    if (this.forbidding(channel).length === 0) return;
    this.#refuse(channel);
    if (refusal.code === 'not_sendable') this.failure = null;
  }
}
