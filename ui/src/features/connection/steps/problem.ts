/** What is wrong with a box, in words. */
import { t } from '../../../i18n';
import type { Box, Guide } from '../guide.svelte';

export function problemOf(guide: Guide, box: Box): string {
  if (guide.wrong !== box) return '';
  if (!String(guide.form[box] ?? '').trim()) return t('guide.missing');
  if (box === 'merchantVat') return t('guide.vat_wrong');
  if (box === 'firstNumber') return t(guide.taken ? 'guide.first_number_taken' : 'guide.first_number_wrong');
  if (box === 'redirectUri') return addressProblem(guide);
  if (box === 'discoveryUrl' || box === 'apiBaseUrl') return t('guide.address_wrong');
  return t('settings.look_again');
}

/** Why no answer can come back by the return address. */
export function addressProblem(guide: Guide): string {
  const { world } = guide.form;
  if (guide.address === 'world') return world === 'sandbox' ? t('guide.address_not_sandbox') : t('guide.address_not_production');
  return guide.address === 'query' ? t('guide.address_not_bare') : t('guide.address_wrong');
}
