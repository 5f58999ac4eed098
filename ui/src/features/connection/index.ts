/** The connection: how it stands, and signing in. */
export { default as ConnectionFoot } from './ConnectionFoot.svelte';
export { default as SignInPanel } from './SignInPanel.svelte';
