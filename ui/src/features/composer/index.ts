/** Composing an invoice, and the one that was sent last and can still be taken back. */
export { default as Composer } from './Composer.svelte';
export type { Opening } from './composing.svelte';
export { default as HeldNote } from './HeldNote.svelte';
export { holding } from './holding.svelte';
