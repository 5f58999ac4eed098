/** Where one can be in the window. Kept in the page's memory only: a desktop window has no address bar. */
import type { InvoiceFilter } from '../bridge/generated';
import type { Opening } from '../features/composer';

export type Route =
  | { page: 'overview' }
  | { page: 'invoices'; filter?: InvoiceFilter | 'drafts'; id?: string }
  | { page: 'many'; id?: string }
  | { page: 'outbox'; settle?: string }
  | { page: 'customers'; id?: string }
  | { page: 'consents' }
  | { page: 'reconciliation' }
  | { page: 'compose'; opening: Opening }
  | { page: 'settings'; section?: string };

export type Page = Route['page'];
