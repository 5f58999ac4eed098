/** Words, amounts and days. */
export { sentenceOfProblem } from './problem';
export { sentenceOfRefusal } from './refused';
export { locale, speak, spoken, systemLanguage, t, tIn, type Key, type Language, type Params } from './speech.svelte';
export { shownAmount, shownCount, shownDate, shownDayAndYear, shownDayLong, shownDayName, shownMoment, shownMoney, signOf } from './shown.svelte';
