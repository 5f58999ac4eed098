/**
 * A paper on the screen: its pages as addresses that an image can show, the last good one until the next is set.
 *
 * A page is only ever shown as an image: it is made from what customers and merchants typed, so it must not become part
 * of the document.
 */
import type { PaperLanguage, PaperView, Refusal } from '../../bridge/generated';
import { refusalFrom } from '../../bridge';

/** How long changes may pause before the paper is set again, in milliseconds. */
export const PAUSE = 150;

export class Sheets {
  /** Addresses of the pages, first to last. */
  pages = $state.raw<string[]>([]);
  /** The language asked for; `null`: the one it would be sent in. */
  language = $state<PaperLanguage | null>(null);
  busy = $state(false);
  failure = $state.raw<Refusal | null>(null);

  #wanted = false;
  #running = false;
  #ended = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #set: (language: PaperLanguage | undefined) => Promise<PaperView>;

  /** `set` asks the core for the paper. */
  constructor(set: (language: PaperLanguage | undefined) => Promise<PaperView>) {
    this.#set = set;
  }

  /** What it shows has changed: sets it again after a pause. */
  changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), PAUSE);
  }

  /** Shows it in another language. */
  async speak(language: PaperLanguage): Promise<void> {
    this.language = language;
    await this.refresh();
  }

  /** Sets it now: one at a time, the latest wins. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#wanted = true;
    if (this.#running) return;
    this.#running = true;
    this.busy = true;
    while (this.#wanted && !this.#ended) {
      this.#wanted = false;
      await this.#once();
    }
    this.#running = false;
    this.busy = false;
  }

  /** Nobody looks any more: nothing is set again. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  async #once(): Promise<void> {
    try {
      const paper = await this.#set(this.language ?? undefined);
      if (this.#ended) return;
      this.pages = paper.pages.map(addressOf);
      this.failure = null;
    } catch (error) {
      this.failure = refusalFrom(error);
    }
  }
}

/** The content policy of the window admits `data:` images and no others made here. */
function addressOf(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}
