/**
 * A file on its way in: handed over in pieces, read by the core, then kept as a run the way the merchant means it.
 *
 * Nothing is sent here; what is kept is shown first.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import { shownDate } from '../../i18n';
import type { ImportPlan, ImportView, PaperLanguage, Refusal, RunView } from '../../bridge/generated';

/** Bytes of a piece: what the core takes at once, and less. */
export const PIECE = 192 * 1024;

/** A file as the page has it. */
export type Chosen = Pick<File, 'name' | 'size' | 'slice'>;

export class Filing {
  /** The file that is being read. */
  reading = $state('');
  view = $state.raw<ImportView | null>(null);
  plan = $state<ImportPlan | null>(null);
  failure = $state.raw<Refusal | null>(null);
  busy = $state(false);
  readonly #call: Call;
  #latest = 0;

  constructor(call: Call) {
    this.#call = call;
  }

  async take(file: Chosen): Promise<void> {
    this.#latest += 1;
    const mine = this.#latest;
    this.reading = file.name;
    this.failure = null;
    try {
      const { id } = await this.#call('import_begin', { name: file.name, size: file.size });
      for (let at = 0; at < file.size; at += PIECE) {
        const bytes = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
        await this.#call('import_piece', { id, base64: base64Of(bytes) });
      }
      const view = await this.#call('import_read', { id });
      if (mine !== this.#latest) return;
      this.view = view;
      this.plan = { ...view.plan, dueDate: shownDate(view.plan.dueDate) };
    } catch (error) {
      if (mine === this.#latest) this.failure = refusalFrom(error);
    } finally {
      if (mine === this.#latest) this.reading = '';
    }
  }

  /** Makes a run of it. Answers nothing when it was refused. */
  async keep(): Promise<RunView | null> {
    if (!this.plan || this.busy) return null;
    this.busy = true;
    this.failure = null;
    try {
      const run = await this.#call('import_keep', $state.snapshot(this.plan));
      this.leave();
      return run;
    } catch (error) {
      this.failure = refusalFrom(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  leave(): void {
    this.#latest += 1;
    this.view = null;
    this.plan = null;
    this.failure = null;
  }

  /** Saves a file to begin with. Answers where it lies. */
  async template(language: PaperLanguage): Promise<string | null> {
    try {
      return (await this.#call('import_template_save', { language })).path;
    } catch (error) {
      this.failure = refusalFrom(error);
      return null;
    }
  }
}

function base64Of(bytes: Uint8Array): string {
  let text = '';
  // In parts, because a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
