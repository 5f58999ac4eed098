/** Periods in civil days, ISO. Nothing here knows a time zone: the merchant's day is given. */

export interface Period {
  first: string;
  last: string;
}
export const PRESETS = ['this_month', 'last_month', 'own'] as const;
export type Preset = (typeof PRESETS)[number];

const iso = (year: number, month: number, day: number): string => new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);

/** The month of `today` so far, or the whole one before. */
export function periodOf(preset: 'this_month' | 'last_month', today: string): Period {
  const [year = 0, month = 1] = today.split('-').map(Number);
  if (preset === 'this_month') return { first: iso(year, month - 1, 1), last: today };
  return { first: iso(year, month - 2, 1), last: iso(year, month - 1, 0) };
}
