/** The connection: how it stands, connecting one, trying it out, and signing in. */
export { troubleOf } from './trouble';
export { default as CheckList } from './CheckList.svelte';
export { default as ConnectGuide } from './ConnectGuide.svelte';
export { default as ConnectionFoot } from './ConnectionFoot.svelte';
export { default as Issuers } from './Issuers.svelte';
export { openPortal } from './outside';
export { default as SignInPanel } from './SignInPanel.svelte';
