// Books that cannot be opened: Kvit opens with others, says which and why in the merchant's language, and opens them later.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, Shop, test } from './shop';

const GARBAGE = 'nothing that anybody could read';
const WORDS = {
  en: { damaged: 'The books are damaged', again: 'Try again', anew: 'Practice has begun anew', read: 'I have read it' },
  da: { damaged: 'Regnskabet er beskadiget', again: 'Prøv igen', anew: 'Øvebutikken er begyndt forfra', read: 'Jeg har læst det' },
  fi: { damaged: 'Kirjanpito on vioittunut', again: 'Yritä uudelleen', anew: 'Harjoituskauppa on alkanut alusta', read: 'Olen lukenut tämän' },
} as const;

for (const language of ['en', 'da', 'fi'] as const) {
  test(`books that do not open are said in ${language}, and opened when they can be`, async ({ page }) => {
    const words = WORDS[language];
    let books = '';
    const shop = await Shop.open((folder) => {
      books = join(folder, 'books', 'practice-dk.kvit');
      for (const place of ['books', 'practice']) mkdirSync(join(folder, place));
      writeFileSync(books, GARBAGE);
      writeFileSync(join(folder, 'practice', 'simulator.db'), GARBAGE);
    });
    await shop.show(page, { language });
    const damaged = page.getByRole('alert').filter({ hasText: words.damaged }).filter({ hasText: books });
    await expect(damaged).toContainText('Nordhavn Cykler');
    await expect(damaged).toContainText('Kallion Kukka');
    const anew = page.getByRole('alert').filter({ hasText: words.anew });
    await expect(anew).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);

    await anew.getByRole('button', { name: words.read }).click();
    await expect(anew).toBeHidden();
    await damaged.getByRole('button', { name: words.again }).click();
    await expect(page.getByText(words.damaged)).toHaveCount(2);
    rmSync(books);
    await damaged.getByRole('button', { name: words.again }).click();
    await expect(damaged).toBeHidden();
    expect((await shop.ask('app_show', {})).current).toBe('practice-dk');
    await shop.close();
  });
}
