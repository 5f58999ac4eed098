/** The customer's phone beside the window, in practice and sandbox. */
export { default as PhoneDock } from './PhoneDock.svelte';
