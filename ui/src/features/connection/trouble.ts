/** What keeps a sign-in from being used, in the merchant's language. */
import type { ConnectionStatus } from '../../bridge/generated';
import { t } from '../../i18n';

/** The sentence for how the session stands, if there is something to say: it ended by itself, or it cannot be used. */
export function troubleOf({ session, trouble }: Pick<ConnectionStatus, 'session' | 'trouble'>): string | null {
  if (trouble) return t(`trouble.${trouble.trouble}`, { minutes: Math.max(1, Math.round(Math.abs(trouble.seconds ?? 0) / 60)) });
  return session.state === 'sign_in_needed' ? t(`session_ended.${session.reason}`) : null;
}
