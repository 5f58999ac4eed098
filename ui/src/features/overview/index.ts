/** The first page. */
export { default as Overview } from './Overview.svelte';
