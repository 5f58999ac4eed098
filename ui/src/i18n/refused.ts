/**
 * What a refusal says when the screen has nothing of its own to say about it. Total by type: a new code without words
 * does not compile.
 */
import type { Refusal } from '../bridge/generated';
import { t } from './speech.svelte';

/** The sentence: what happened, and what to do. MobilePay's own words stand in `refusal.upstream`. */
export function sentenceOfRefusal({ code, detail, file, signin, upstream }: Refusal): string {
  if (signin) return t(`signin.refused.${signin}`);
  if (file) return t(`file_trouble.${file}`, { row: detail ?? '' });
  if (code === 'refused_by_service' && upstream?.meaning) return t(`meaning.${upstream.meaning}`);
  if (code === 'outbox_not_empty') return t('refused.outbox_not_empty', { count: detail ?? '' });
  return t(`refused.${code}`);
}
