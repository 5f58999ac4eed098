/** The scale of a chart: round steps that the largest amount fits under. Amounts in minor units. */

/** At most this many lines above zero. */
const LINES = 4;

/** A whole krone or euro: no line stands between two. */
const WHOLE = 100;

/** The lines of a chart whose largest value is `largest`, from 0 upwards, in round steps of 1, 2 or 5. */
export function linesFor(largest: number): number[] {
  const rough = Math.max(largest, WHOLE * LINES) / LINES;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((times) => times * power >= rough) ?? 10) * power;
  const count = Math.max(1, Math.ceil(largest / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
