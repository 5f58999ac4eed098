/** Customers: the page, and what the composer needs to find and make one. */
export { default as CustomerFields } from './CustomerFields.svelte';
export { default as Customers } from './Customers.svelte';
export { Picker } from './picker.svelte';
