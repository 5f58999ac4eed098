/** Paid invoices against MobilePay's report of payments and payouts. */
export { default as Reconciliation } from './Reconciliation.svelte';
