/** Short words about what was done, which go away by themselves and are read out. */

/** How long one stands, in milliseconds. */
const STANDS = 5000;

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'bad';
}

class Toasts {
  shown = $state.raw<Toast[]>([]);
  #next = 1;

  /** Says it. What went wrong stands until it is closed. */
  say(text: string, tone: Toast['tone'] = 'plain'): void {
    const toast = { id: this.#next++, text, tone };
    this.shown = [...this.shown.slice(-2), toast];
    if (tone === 'plain') setTimeout(() => this.close(toast.id), STANDS);
  }

  close(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}

/** One for the window. */
export const toasts = new Toasts();
