/** Tells the core whether somebody may be looking: it then asks MobilePay sooner for what is followed. */
import type { Call } from '../bridge';

/** Tells it now and at each change, until the answer is called. */
export function tellWhetherInFront(call: Call, page: Document = document): () => void {
  const view = page.defaultView;
  let told: boolean | null = null;
  const tell = (): void => {
    const inFront = page.visibilityState === 'visible' && page.hasFocus();
    if (inFront === told) return;
    told = inFront;
    // Nothing hangs on it: the next change tells it again.
    call('window_focus', { inFront }).catch(() => (told = null));
  };
  tell();
  view?.addEventListener('focus', tell);
  view?.addEventListener('blur', tell);
  page.addEventListener('visibilitychange', tell);
  return () => {
    view?.removeEventListener('focus', tell);
    view?.removeEventListener('blur', tell);
    page.removeEventListener('visibilitychange', tell);
  };
}
