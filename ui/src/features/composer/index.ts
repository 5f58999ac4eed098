/** Composing an invoice. */
export { default as Composer } from './Composer.svelte';
export { default as HeldNote } from './HeldNote.svelte';
export { sentenceOf } from './words';
