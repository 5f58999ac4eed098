/** The outbox: what has not come to an end, why, and the ways on. */
export { default as Outbox } from './Outbox.svelte';
