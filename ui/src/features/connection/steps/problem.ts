/** What is wrong with a box, in words. */
import { t } from '../../../i18n';
import type { Box, Guide } from '../guide.svelte';

export function problemOf(guide: Guide, box: Box): string {
  if (guide.wrong !== box) return '';
  if (!String(guide.form[box] ?? '').trim()) return t('guide.missing');
  if (box === 'merchantVat') return t('guide.vat_wrong');
  if (box === 'redirectUri' || box === 'discoveryUrl' || box === 'apiBaseUrl') return t('guide.address_wrong');
  return t('settings.look_again');
}
