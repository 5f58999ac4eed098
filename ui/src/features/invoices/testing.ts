/** What the tests of the invoices share: a row as the core would give it. */
import type { InvoiceCounts, InvoiceRow, InvoiceView, Refusal, RefusalCode } from '../../bridge/generated';

const COUNTS: InvoiceCounts = { all: 250, waiting: 3, overdue: 2, dueSoon: 1, paid: 4, paidThisMonth: 4, needsYou: 0, closed: 0, drafts: 1 };

export function row(number: number, told: Partial<InvoiceRow> = {}): InvoiceRow {
  return {
    id: `invoice-${number}`,
    number,
    customer: 'Mads Krogh',
    issued: '2026-11-20',
    due: '2026-12-04',
    amount: { minor: 187_500, currency: 'DKK' },
    channel: 'phone',
    state: 'created',
    daysOverdue: null,
    paymentDate: null,
    heldUntil: null,
    ...told,
  };
}

export function invoice(number: number, told: Partial<InvoiceRow> = {}): InvoiceView {
  const nothing = { minor: 0, currency: 'DKK' } as const;
  return {
    row: row(number, told),
    phone: '+4531122334',
    phoneShown: '31 12 23 34',
    lines: [],
    net: nothing,
    vat: nothing,
    vatGroups: [],
    comment: '',
    paymentReference: '',
    language: 'da',
    business: 'Nordhavn Cykler',
    link: null,
    consent: null,
    timeline: [],
    actions: ['cancel', 'refresh'],
    refusal: null,
    technical: { serviceId: null, correlationId: null, request: '{}', answer: null, lastCheckedAt: null },
  };
}

export function counts(): InvoiceCounts {
  return COUNTS;
}

export function refusal(code: RefusalCode): Refusal {
  return { code, message: code, next: 'none', fields: [], upstream: null, detail: null, signin: null, file: null, incident: '' };
}
