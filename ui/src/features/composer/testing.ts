/**
 * What the tests of the composer share: a draft as the core would give it, and a `call` that keeps what it was asked.
 */
import type { Call } from '../../bridge';
import type {
  Commands,
  DraftFormView,
  DraftView,
  InvoiceView,
  LineFormView,
  LineReadingView,
  ProblemView,
  ReadingView,
  Refusal,
  RefusalCode,
} from '../../bridge/generated';
import { emptyLine } from './lines';

const NOTHING = { minor: 0, currency: 'DKK' } as const;
const NO_ADDRESS = { street: '', postalCode: '', city: '', extra: '' };

export function line(typed: Partial<LineFormView>): LineFormView {
  return { ...emptyLine(), ...typed };
}

export function form(typed: Partial<DraftFormView> = {}): DraftFormView {
  return {
    recipient: { customerId: '', name: '', phone: '', address: { ...NO_ADDRESS } },
    issuerId: '',
    issueDate: '',
    dueDate: '',
    priceBasis: 'net',
    lines: [],
    paymentReference: '',
    comment: '',
    contactName: '',
    merchantOrderNumber: '',
    buyerOrderNumber: '',
    orderDate: '',
    deliveryDate: '',
    deliveryAddress: { ...NO_ADDRESS },
    invoiceUrl: '',
    redirectUrl: '',
    ...typed,
  };
}

/** The reading of a line of which only `read` is known. */
export function lineReading(read: Partial<LineReadingView> = {}): LineReadingView {
  return { empty: false, quantity: null, unitPrice: null, vatRate: null, discount: null, net: null, vat: null, gross: null, ...read };
}

export function reading(read: Partial<ReadingView> = {}): ReadingView {
  return {
    lines: [],
    net: NOTHING,
    vat: NOTHING,
    gross: NOTHING,
    discount: NOTHING,
    vatGroups: [],
    problems: [],
    warnings: [],
    issueDate: null,
    dueDate: null,
    phoneShown: null,
    canSendToPhone: false,
    canSendAsLink: false,
    maxTotal: { minor: 1_500_000, currency: 'DKK' },
    ...read,
  };
}

export function problem(field: string, code: ProblemView['code'], params: Record<string, string> = {}): ProblemView {
  return { field, code, params, channel: null };
}

export function draftView(revision: number, of: DraftFormView, read: Partial<ReadingView> = {}): DraftView {
  return {
    id: 'd1',
    revision,
    savedAt: '2026-11-23T10:00:00Z',
    form: of,
    reading: reading(read),
    nextNumber: 1064,
    sentToday: 0,
  };
}

/** An invoice of which the tests need no more than its name and until when it is held. */
export function invoiceView(heldUntil: string | null): InvoiceView {
  const row = {
    id: 'i1', number: 1064, customer: 'Mads Krogh', issued: '2026-11-23', due: '2026-12-07',
    amount: NOTHING, channel: 'phone', state: 'held', daysOverdue: null, paymentDate: null, heldUntil,
  } as const;
  return {
    row, phone: '', phoneShown: '', consent: null, lines: [], net: NOTHING, vat: NOTHING, vatGroups: [], comment: '', language: 'da', business: 'Nordhavn Cykler',
    paymentReference: '', link: null, timeline: [], actions: ['undo'], refusal: null,
    technical: { serviceId: null, correlationId: null, request: '', answer: null, lastCheckedAt: null },
  };
}

export function refusal(code: RefusalCode): Refusal {
  return { code, message: code, next: 'none', fields: [], upstream: null, detail: null, signin: null, file: null, incident: 'x' };
}

/** One question to the core that is waiting for its answer. */
export interface Asked {
  name: keyof Commands;
  input: unknown;
  answer: (output: unknown) => Promise<void>;
  refuse: (code: RefusalCode) => Promise<void>;
}

/** A core that answers when the test says so. */
export class Core {
  readonly asked: Asked[] = [];

  readonly call: Call = ((name: keyof Commands, input: unknown) =>
    new Promise((resolve, reject) => {
      this.asked.push({
        name,
        input: structuredClone(input),
        answer: async (output) => {
          resolve(output as never);
          await soon();
        },
        refuse: async (code) => {
          reject(this.refusal(code));
          await soon();
        },
      });
    })) as Call;

  /** What `call` rejects with. */
  refusal: (code: RefusalCode) => unknown = refusal;

  /** The question that came last. */
  get last(): Asked {
    const last = this.asked.at(-1);
    if (!last) throw new Error('nothing was asked');
    return last;
  }

  /** The names of everything asked, in order. */
  get names(): string[] {
    return this.asked.map((asked) => asked.name);
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function soon(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
