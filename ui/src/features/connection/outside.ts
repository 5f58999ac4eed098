/** What leads out of the window: where it cannot be opened from here, the address is said. */
import { call } from '../../bridge';
import type { CountryCode, Portal, World } from '../../bridge/generated';
import { sentenceOfRefusal, t } from '../../i18n';
import { refusalFrom } from '../../bridge';
import { toasts } from '../../kit';

/** MobilePay's developer support (spec 2.1). */
export const SUPPORT = 'developer@mobilepay.dk';

export async function openPortal(portal: Portal, world: World, country: CountryCode): Promise<void> {
  await said(async () => {
    const { opened, address } = await call('portal_open', { portal, world, country });
    if (!opened) toasts.say(t('guide.not_opened', { address }));
  });
}

export async function openLetter(to: string, subject: string, body: string): Promise<void> {
  await said(async () => {
    const { opened } = await call('letter_open', { to, subject, body });
    if (!opened) toasts.say(t('guide.not_opened', { address: to }));
  });
}

export async function saveReturnPage(): Promise<void> {
  await said(async () => {
    const { path } = await call('return_page_save', {});
    toasts.say(t('guide.page_saved', { path }));
  });
}

/** Copies `text` and says `done`. */
export async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toasts.say(done);
  } catch {
    toasts.say(t('signin.not_copied'), 'bad');
  }
}

async function said(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    toasts.say(sentenceOfRefusal(refusalFrom(error)), 'bad');
  }
}
