/** Customers: the page, and what the composer needs to find and make one. */
export { default as Customers } from './Customers.svelte';
