/**
 * Saving by itself: a pause after the last change, one save at a time, the latest always wins, and nothing is forgotten
 * when a save fails. Knows nothing of what is saved.
 */

/** Whether what is on the screen is on the disk. */
export type SavingState = 'saved' | 'waiting' | 'saving' | 'failed';

/** How long typing may pause before it is saved, in milliseconds. */
export const PAUSE = 250;

export class Saving {
  state = $state<SavingState>('saved');
  /** What the last save failed with, until one succeeds. */
  failure = $state.raw<unknown>(null);

  #changed = false;
  #running: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #save: () => Promise<void>;

  constructor(save: () => Promise<void>) {
    this.#save = save;
  }

  /** Something changed: it is saved after a pause, or after the save that is on its way. */
  touch(): void {
    this.#changed = true;
    if (this.state !== 'saving') this.state = 'waiting';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), PAUSE);
  }

  /** Saves now what is not saved. Answers whether everything is on the disk. */
  async flush(): Promise<boolean> {
    do {
      clearTimeout(this.#timer);
      this.#running ??= this.#run().finally(() => (this.#running = null));
      await this.#running;
    } while (this.#changed && this.state !== 'failed');
    return !this.#changed;
  }

  /** Forgets changes that were given up, e.g. of a discarded draft. */
  async abandon(): Promise<void> {
    clearTimeout(this.#timer);
    this.#changed = false;
    await this.#running;
    this.#changed = false;
    clearTimeout(this.#timer);
    this.state = 'saved';
  }

  async #run(): Promise<void> {
    while (this.#changed) {
      this.#changed = false;
      this.state = 'saving';
      try {
        await this.#save();
        this.failure = null;
      } catch (failure) {
        this.#changed = true;
        this.failure = failure;
        this.state = 'failed';
        return;
      }
    }
    this.state = 'saved';
  }
}
