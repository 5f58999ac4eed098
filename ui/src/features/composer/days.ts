/** Days as an invoice shows them. */
import type { CountryCode } from '../../bridge/generated';

/** A day as the country writes it: `03.11.2026` in Denmark, `3.11.2026` in Finland. */
export function shownDay(iso: string, country: CountryCode): string {
  const [year = '', month = '', day = ''] = iso.split('-');
  return country === 'DK' ? `${day}.${month}.${year}` : `${Number(day)}.${Number(month)}.${year}`;
}
