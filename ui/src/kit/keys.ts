/** A key with Ctrl as the keyboard names it: `Ctrl N`, or `⌘N` on a Mac. */
export function shownKey(key: string, platform: string = navigator.platform): string {
  return /mac/i.test(platform) ? `⌘${key}` : `Ctrl ${key}`;
}
