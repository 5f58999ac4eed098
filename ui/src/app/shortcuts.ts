/** Keys that work on every page, with Ctrl, or Cmd on a Mac. */
import type { Page } from './routes';

const PAGES: Record<string, Page> = { n: 'compose', 1: 'overview', 2: 'invoices', 3: 'customers', 4: 'outbox', ',': 'settings' };

/** The page that this key opens. */
export function pageOfKey(key: string): Page | undefined {
  return PAGES[key.toLowerCase()];
}
