/** One row in the pane: its boxes, what is wrong with them, and the paper that it would become. */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { ChannelName, DraftFormView, PaperLanguage, ProblemView, Refusal, RunRowOpened } from '../../bridge/generated';
import { shownDate } from '../../i18n';
import { Sheets } from '../paper';

/** The boxes that a file fills most often; the others are shown only when something is wrong with them. */
export const BOXES = ['name', 'phone', 'description', 'quantity', 'unitPrice', 'vatRate', 'discount', 'issueDate', 'dueDate', 'paymentReference', 'comment'] as const;
export type Box = (typeof BOXES)[number];

const PATHS: Record<Box, string> = {
  name: 'recipient.name',
  phone: 'recipient.phone',
  description: 'lines.0.description',
  quantity: 'lines.0.quantity',
  unitPrice: 'lines.0.unitPrice',
  vatRate: 'lines.0.vatRate',
  discount: 'lines.0.discount',
  issueDate: 'issueDate',
  dueDate: 'dueDate',
  paymentReference: 'paymentReference',
  comment: 'comment',
};

/** A date that was read in a file is kept as ISO, and shown as dates are shown everywhere. */
function day(text: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? shownDate(text) : text;
}

export class Editing {
  readonly run: string;
  readonly position: number;
  opened = $state.raw<RunRowOpened | null>(null);
  texts = $state<Record<Box, string>>(Object.fromEntries(BOXES.map((box) => [box, ''])) as Record<Box, string>);
  failure = $state.raw<Refusal | null>(null);
  busy = $state(false);
  readonly sheets: Sheets;
  readonly #call: Call;
  readonly #channel: () => ChannelName;

  /** `channel`: the way by which the run is about to be sent. */
  constructor(call: Call, run: string, position: number, channel: () => ChannelName) {
    this.#call = call;
    this.#channel = channel;
    this.run = run;
    this.position = position;
    this.sheets = new Sheets((language: PaperLanguage | undefined) =>
      call('run_row_paper', { id: run, position, ...(language ? { language } : {}) }),
    );
  }

  async read(): Promise<void> {
    try {
      this.#see(await this.#call('run_row_show', { id: this.run, position: this.position }));
    } catch (error) {
      this.failure = refusalFrom(error);
    }
  }

  /** Saves the boxes. Answers whether they were taken. */
  async save(): Promise<boolean> {
    if (!this.opened || this.busy) return false;
    this.busy = true;
    this.failure = null;
    try {
      this.#see(await this.#call('run_row_save', { id: this.run, position: this.position, form: this.#form(this.opened.form) }));
      void this.sheets.refresh();
      return true;
    } catch (error) {
      this.failure = refusalFrom(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What is wrong with it for the way that is chosen: a link needs no phone. */
  get problems(): ProblemView[] {
    const channel = this.#channel();
    return this.opened?.reading.problems.filter((problem) => problem.channel === null || problem.channel === channel) ?? [];
  }

  /** What is wrong with a box. */
  problemAt(box: Box): ProblemView | undefined {
    return this.problems.find((problem) => problem.field === PATHS[box]);
  }

  /** What is wrong elsewhere. */
  get others(): ProblemView[] {
    const paths = Object.values(PATHS);
    return this.problems.filter((problem) => !paths.includes(problem.field));
  }

  end(): void {
    this.sheets.end();
  }

  #see(opened: RunRowOpened): void {
    const { form } = opened;
    const line = form.lines[0];
    this.opened = opened;
    this.texts = {
      name: form.recipient.name,
      phone: form.recipient.phone,
      description: line?.description ?? '',
      quantity: line?.quantity ?? '',
      unitPrice: line?.unitPrice ?? '',
      vatRate: line?.vatRate ?? '',
      discount: line?.discount ?? '',
      issueDate: day(form.issueDate),
      dueDate: day(form.dueDate),
      paymentReference: form.paymentReference,
      comment: form.comment,
    };
  }

  #form(before: DraftFormView): DraftFormView {
    const { name, phone, description, quantity, unitPrice, vatRate, discount, issueDate, dueDate, paymentReference, comment } = this.texts;
    const [line, ...rest] = before.lines;
    const empty = { itemNumber: '', unit: '' };
    return {
      ...before,
      recipient: { ...before.recipient, name, phone },
      lines: [{ ...empty, ...line, description, quantity, unitPrice, vatRate, discount }, ...rest],
      issueDate,
      dueDate,
      paymentReference,
      comment,
    };
  }
}
