/**
 * The page holds still while the mouse's button is down.
 *
 * Pressing a button takes the keyboard from the box before it; what leaving a box says or takes away would move the
 * pressed button from under the pointer, and a press and a release on two things are no click.
 */

let pressed = false;
let waiting: (() => void)[] = [];

/** Signs that the button is up again: not every press ends with `pointerup`, e.g. one that opens a list of the system. */
const ENDS = ['pointerup', 'pointercancel', 'pointermove', 'dragstart', 'change', 'keydown', 'blur'];

/** Begins to watch the presses in `page`; the window, once. */
export function watchPresses(page: EventTarget): void {
  page.addEventListener('pointerdown', (event) => (pressed = (event as PointerEvent).button === 0), true);
  for (const end of ENDS) page.addEventListener(end, letGo, true);
}

/** Does `deed` now, or once the pressed button was let go and its click has been heard. */
export function afterPress(deed: () => void): void {
  if (pressed) waiting.push(deed);
  else deed();
}

/** Resolves when `afterPress` would do its deed. */
export function released(): Promise<void> {
  return new Promise(afterPress);
}

function letGo(event: Event): void {
  if (!pressed) return;
  if (event.type === 'pointermove' && (event as PointerEvent).buttons !== 0) return;
  // The boxes' own `blur` and `change` are heard here too: they are what a press begins with.
  if (event.type === 'blur' && event.target !== event.currentTarget) return;
  if (event.type === 'change' && !(event.target instanceof HTMLSelectElement)) return;
  pressed = false;
  const now = waiting;
  waiting = [];
  // The click belongs to the same turn.
  setTimeout(() => now.forEach((deed) => deed()));
}
