/**
 * Civil days: no clock, no time zone, so that a date never moves by a day.
 *
 * A day is its ISO text, `2026-11-23`. What a merchant types into an invoice is judged by the core; the reading here
 * decides how a box and the calendar show it.
 */
const DAY_MS = 86_400_000;

/**
 * The day that `text` names, or `null`: `2026-11-23`, `23.11.2026`, `23-11-2026`, `23/11/2026`, and with `today` also
 * `23.11.26`, `23.11.` and `23/11`, which mean the nearest such day.
 */
export function readDay(text: string, today?: string): string | null {
  const trimmed = text.replace(/\s/g, '');
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(trimmed);
  if (iso) return checked(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const local = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/.exec(trimmed);
  if (local) return checked(Number(local[4]), Number(local[3]), Number(local[1]));
  return today === undefined ? null : shortDay(trimmed, today);
}

/** What is wrong with a typed day. Nothing typed is no day, and not wrong. */
export type DayWrong = 'unreadable' | 'too_early' | 'too_late';

/** The day that `text` names, if it is neither before `first` nor after `last`. */
export function judged(text: string, today: string, first?: string, last?: string): { day: string | null; wrong: DayWrong | null } {
  const day = readDay(text, today);
  if (day === null) return { day, wrong: text.trim() === '' ? null : 'unreadable' };
  if (first !== undefined && day < first) return { day: null, wrong: 'too_early' };
  if (last !== undefined && day > last) return { day: null, wrong: 'too_late' };
  return { day, wrong: null };
}

function shortDay(text: string, today: string): string | null {
  const [year] = parts(today);
  const twoDigits = /^(\d{1,2})([./])(\d{1,2})\2(\d{2})$/.exec(text);
  if (twoDigits) {
    const full = 2000 + Number(twoDigits[4]);
    return Math.abs(full - year) <= 2 ? checked(full, Number(twoDigits[3]), Number(twoDigits[1])) : null;
  }
  const noYear = /^(\d{1,2})(?:\.(\d{1,2})\.?|\/(\d{1,2}))$/.exec(text);
  if (!noYear) return null;
  const month = Number(noYear[2] ?? noYear[3]);
  const near = [year - 1, year, year + 1].map((each) => checked(each, month, Number(noYear[1])));
  const distance = (day: string): number => Math.abs(daysBetween(today, day));
  return near.filter((day) => day !== null).sort((a, b) => distance(a) - distance(b))[0] ?? null;
}

/** The day `count` days after `iso`. */
export function plusDays(iso: string, count: number): string {
  return of(stamp(iso) + count * DAY_MS);
}

/** How many days `to` comes after `from`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((stamp(to) - stamp(from)) / DAY_MS);
}

/** The last day of the month of `iso`. */
export function endOfMonth(iso: string): string {
  const [year, month] = parts(iso);
  return of(Date.UTC(year, month, 0));
}

/** The first day of the month that lies `count` months after that of `iso`. */
export function monthAfter(iso: string, count: number): string {
  const [year, month] = parts(iso);
  return of(Date.UTC(year, month - 1 + count, 1));
}

/** The same day `count` months later, or the last day of a month that is too short for it. */
export function sameDayAfter(iso: string, count: number): string {
  const month = monthAfter(iso, count);
  const last = endOfMonth(month);
  const day = `${month.slice(0, 8)}${iso.slice(8)}`;
  return day < last ? day : last;
}

/** `iso`, or the nearest day that is neither before `first` nor after `last`. */
export function within(iso: string, first?: string, last?: string): string {
  if (first !== undefined && iso < first) return first;
  return last !== undefined && iso > last ? last : iso;
}

/** The weeks of the month of `iso`, Monday first, padded with the days around it. */
export function weeksOf(iso: string): string[][] {
  const [year, month] = parts(iso);
  const first = Date.UTC(year, month - 1, 1);
  const start = first - ((new Date(first).getUTCDay() + 6) % 7) * DAY_MS;
  const last = stamp(endOfMonth(iso));
  const weeks: string[][] = [];
  for (let monday = start; monday <= last; monday += 7 * DAY_MS) {
    weeks.push(Array.from({ length: 7 }, (_, day) => of(monday + day * DAY_MS)));
  }
  return weeks;
}

/** `iso` as a UTC instant, for `Intl` formatters that are told `timeZone: 'UTC'`. */
export function stamp(iso: string): number {
  const [year, month, day] = parts(iso);
  return Date.UTC(year, month - 1, day);
}

function parts(iso: string): [number, number, number] {
  const [year = 1970, month = 1, day = 1] = iso.split('-').map(Number);
  return [year, month, day];
}

function of(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function checked(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const same = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return same ? of(date.getTime()) : null;
}
