/**
 * One draft under the merchant's hands: what is typed, how the core reads it, and that it is saved.
 *
 * Deliberately absent: sending (`sending.svelte.ts`), any arithmetic, and any rule of the trade. Every figure and every
 * problem shown comes from the core's reading of the saved form.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { ChannelName, CountryCode, DraftFormView, DraftView, LineReadingView, ReadingView } from '../../bridge/generated';
import { COUNT, PRICE, shownAmount, shownDay, shownDecimal, shownRate } from '../../i18n/figures';
import { readDay } from '../../kit/days';
import { afterPress, released } from '../../kit/press';
import { AT_ONCE, boxFrom, boxOf, cellOf, type Beside, type Box } from './boxes';
import { COLUMNS, emptyLine, isEmpty, withoutTail, type Column, type Row } from './lines';
import { Saving } from './saving.svelte';

/** The form without its lines, which live in rows. */
export type Fields = Omit<DraftFormView, 'lines'>;

/** Boxes of the form that hold a day. */
export type DayBox = 'issueDate' | 'dueDate' | 'orderDate' | 'deliveryDate';

const DAY_BOXES: readonly DayBox[] = ['issueDate', 'dueDate', 'orderDate', 'deliveryDate'];

export class Draft {
  readonly id: string;
  readonly saving = new Saving(() => this.#save());
  fields = $state<Fields>() as Fields;
  rows = $state<Row[]>([]);
  reading = $state.raw<ReadingView>() as ReadingView;
  savedAt = $state('');
  nextNumber = $state(0);
  sentToday = $state(0);
  revision = $state(0);
  /** What was typed here when a newer version had to be shown instead. */
  overtaken = $state.raw<DraftFormView | null>(null);
  /** The way it was tried to be sent by: then every problem of that way is shown, not only beside boxes that were left. */
  asked = $state<ChannelName | null>(null);

  #readKeys = $state.raw<readonly number[]>([]);
  #touched = $state<Record<Box, true>>({});
  #left = new Set<Box>();
  #focused: Box | null = null;
  #readForm = '';
  #nextKey = 1;
  readonly #call: Call;
  readonly country: CountryCode;
  readonly #today: () => string;

  /** `today` is the merchant's day, ISO; it says what `7.12.` means. */
  constructor(call: Call, view: DraftView, country: CountryCode, today: () => string) {
    this.#call = call;
    this.country = country;
    this.#today = today;
    this.id = view.id;
    this.#show(view);
  }

  /** Everything typed, as it is saved. */
  get form(): DraftFormView {
    return { ...$state.snapshot(this.fields), lines: withoutTail(this.rows) };
  }

  /** Whether the reading belongs to exactly what is on the screen. */
  isRead(): boolean {
    return this.#readForm === JSON.stringify(this.form);
  }

  /** How the row was read, when it was. */
  lineReading(key: number): LineReadingView | null {
    return this.reading.lines[this.#readKeys.indexOf(key)] ?? null;
  }

  /** What forbids sending, beside its boxes, whether shown yet or not. */
  get problems(): Beside[] {
    return this.reading.problems.map((problem) => ({ box: boxFrom(problem.field, this.#readKeys), problem }));
  }

  /** What should be looked at, beside its boxes. */
  get warnings(): Beside[] {
    return this.reading.warnings.map((problem) => ({ box: boxFrom(problem.field, this.#readKeys), problem }));
  }

  /** What is said beside `box` now. */
  besides(box: Box): { problems: Beside[]; warnings: Beside[] } {
    const shown = this.asked !== null || this.#touched[box] === true;
    const here = ({ box: of, problem }: Beside): boolean =>
      of === box &&
      (problem.channel === null || problem.channel === this.asked) &&
      (shown || AT_ONCE.has(problem.code));
    return { problems: this.problems.filter(here), warnings: this.warnings.filter(here) };
  }

  /** Something was typed. */
  changed(): void {
    this.#keepTail();
    this.saving.touch();
  }

  /** The merchant went into a box. */
  entered(box: Box): void {
    this.#focused = box;
  }

  /** The merchant left a box: it may say what is wrong, and shows how it was read. */
  left(box: Box): void {
    if (this.#focused === box) this.#focused = null;
    afterPress(() => (this.#touched[box] = true));
    this.#left.add(box);
    this.#showDay(box);
    void this.saving.flush().then(() => this.#showFigures());
  }

  /** The merchant left a row: each of its boxes may say what is wrong. */
  leftRow(key: number): void {
    const row = this.rows.find((candidate) => candidate.key === key);
    if (!row || isEmpty(row.line)) return;
    afterPress(() => {
      for (const column of COLUMNS) this.#touched[boxOf(key, column)] = true;
    });
  }

  /** Takes a row away. The last, empty one stays. */
  removeRow(key: number): void {
    this.rows = this.rows.filter((row) => row.key !== key);
    this.changed();
  }

  /** Writes `text` into a box of the grid as if typed and left; settles an ambiguous number. */
  settle(key: number, column: Column, decimal: string): void {
    const row = this.rows.find((candidate) => candidate.key === key);
    if (!row) return;
    row.line[column] = shownDecimal(decimal, this.country, column === 'unitPrice' ? PRICE : COUNT);
    this.changed();
    void this.saving.flush();
  }

  /** Chooses a day, e.g. from the calendar. */
  chooseDay(box: DayBox, iso: string): void {
    this.fields[box] = shownDay(iso, this.country);
    this.#touched[box] = true;
    this.changed();
    void this.saving.flush();
  }

  /** Puts back what was typed here before a newer version was shown. */
  putBack(): void {
    if (!this.overtaken) return;
    this.#take(this.overtaken);
    this.overtaken = null;
    this.saving.touch();
    void this.saving.flush();
  }

  /** Saves everything, as it is shown. Answers whether what is on the screen is what is on the disk. */
  async settled(): Promise<boolean> {
    if (!(await this.saving.flush())) return false;
    this.#showFigures();
    return this.saving.flush();
  }

  /** Reads the draft again from the books. */
  async reload(): Promise<void> {
    this.#show(await this.#call('draft_show', { id: this.id }));
  }

  async #save(): Promise<void> {
    const form = this.form;
    const keys = this.rows.map((row) => row.key);
    try {
      const view = await this.#call('draft_save', { id: this.id, revision: this.revision, form });
      await released();
      this.#read(view, form, keys);
    } catch (error) {
      if (refusalFrom(error).code !== 'changed_meanwhile') throw error;
      await this.#catchUp(form, keys);
    }
  }

  /** The books hold a newer revision: either our own save whose answer was lost, or somebody else's. */
  async #catchUp(form: DraftFormView, keys: number[]): Promise<void> {
    const newest = await this.#call('draft_show', { id: this.id });
    if (sameText(newest.form, form)) {
      this.#read(newest, form, keys);
      return;
    }
    const typed = this.form;
    this.#show(newest);
    this.overtaken = typed;
  }

  #show(view: DraftView): void {
    this.#take(view.form);
    this.#read(view, this.form, this.rows.map((row) => row.key));
    for (const box of DAY_BOXES) this.#showDay(box);
    for (const row of this.rows) for (const column of COLUMNS) this.#left.add(boxOf(row.key, column));
    this.#rememberFilled();
    this.#showFigures();
  }

  /** Whatever was filled in before was also left before. */
  #rememberFilled(): void {
    for (const [box, value] of Object.entries(this.fields)) {
      if (typeof value === 'string' && value.trim() !== '') this.#touched[box] = true;
    }
    const { name, phone } = this.fields.recipient;
    if (name || phone) this.#touched['recipient.phone'] = true;
    for (const row of this.rows) this.leftRow(row.key);
  }

  #take(form: DraftFormView): void {
    const { lines, ...fields } = structuredClone(form);
    this.fields = fields;
    this.rows = lines.map((line) => ({ key: this.#nextKey++, line }));
    this.#keepTail();
  }

  #read(view: DraftView, form: DraftFormView, keys: number[]): void {
    this.revision = view.revision;
    this.savedAt = view.savedAt;
    this.nextNumber = view.nextNumber;
    this.sentToday = view.sentToday;
    this.reading = view.reading;
    this.#readKeys = keys;
    this.#readForm = JSON.stringify(form);
  }

  #keepTail(): void {
    const last = this.rows.at(-1);
    if (!last || !isEmpty(last.line)) this.rows.push({ key: this.#nextKey++, line: emptyLine() });
  }

  #showDay(box: Box): void {
    if (!(DAY_BOXES as readonly Box[]).includes(box)) return;
    const text = this.fields[box as DayBox];
    const day = readDay(text, this.#today());
    if (!day || text === shownDay(day, this.country)) return;
    this.fields[box as DayBox] = shownDay(day, this.country);
    this.saving.touch();
  }

  /** Rewrites the boxes that were left as they were read, once the reading is of exactly what they hold. */
  #showFigures(): void {
    if (!this.isRead()) return;
    for (const box of this.#left) {
      if (box === this.#focused) continue;
      this.#left.delete(box);
      const cell = cellOf(box);
      const row = cell && this.rows.find((candidate) => candidate.key === cell.key);
      const shown = cell && row && this.#figure(cell.column, row);
      if (!cell || !row || shown === null || shown === row.line[cell.column as Column]) continue;
      row.line[cell.column as Column] = shown as string;
      this.saving.touch();
    }
  }

  #figure(column: string, row: Row): string | null {
    const reading = this.lineReading(row.key);
    if (!reading || row.line[column as Column].trim() === '') return null;
    switch (column) {
      case 'quantity':
        return reading.quantity && shownDecimal(reading.quantity, this.country, COUNT);
      case 'unitPrice':
        return reading.unitPrice && shownDecimal(reading.unitPrice, this.country, PRICE);
      case 'vatRate':
        return reading.vatRate && shownRate(reading.vatRate, this.country);
      case 'discount':
        return this.#discount(row.line.discount, reading);
      default:
        return null;
    }
  }
  /** A percentage stays one; only an amount is written out, and only where it is what was typed. */
  #discount(typed: string, reading: LineReadingView): string | null {
    const { discount } = reading;
    if (!discount || discount.minor <= 0 || typed.includes('%')) return null;
    return shownAmount(discount, this.country);
  }
}

/** Whether two forms hold the same text in every box, whatever the order of their boxes. */
function sameText(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  const at = (thing: object, key: string): unknown => (thing as Record<string, unknown>)[key];
  return keys.length === others.length && keys.every((key) => sameText(at(one, key), at(other, key)));
}
