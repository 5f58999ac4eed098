/** Sent invoices and drafts: the list, and one of them in a pane. */
export { default as Invoices } from './Invoices.svelte';
export { default as LinkCard } from './LinkCard.svelte';
export { default as StatePill } from './StatePill.svelte';
export { whatHappened } from './words';
