/** The paper on the screen, for the composer and for a sent invoice. */
export { default as Paper } from './Paper.svelte';
export { Sheets } from './sheets.svelte';
