/** Controls and surfaces. No word of the trade: whoever uses them brings the texts. */
export { default as Button } from './Button.svelte';
export { default as Dialog } from './Dialog.svelte';
