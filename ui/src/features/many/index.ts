/** Many invoices at once, from a file. */
export { default as Many } from './Many.svelte';
