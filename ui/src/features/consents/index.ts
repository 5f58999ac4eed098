/** Who may be sent invoices straight to the phone. */
export { default as Consents } from './Consents.svelte';
