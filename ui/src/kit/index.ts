/** Controls and surfaces. No word of the trade: whoever uses them brings the texts. */
export { default as Banner } from './Banner.svelte';
export { default as Button } from './Button.svelte';
export { default as Card } from './Card.svelte';
export { default as Dialog } from './Dialog.svelte';
export { default as EmptyState } from './EmptyState.svelte';
export { default as Field } from './Field.svelte';
export { default as FilterChips } from './FilterChips.svelte';
export { default as Icon, type IconName } from './Icon.svelte';
export { default as KeyHint } from './KeyHint.svelte';
export { default as Menu } from './Menu.svelte';
export { default as Pill, type Tone } from './Pill.svelte';
export { default as Segmented } from './Segmented.svelte';
export { default as Select } from './Select.svelte';
export { default as TextField } from './TextField.svelte';
export { toasts } from './toasts.svelte';
export { default as Toasts } from './Toasts.svelte';
export { default as VirtualList } from './VirtualList.svelte';
