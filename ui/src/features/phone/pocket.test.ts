import { expect, test } from 'vitest';
import type { Call } from '../../bridge';
import type { BillView, PhoneView } from '../../bridge/generated';
import { Pocket } from './pocket.svelte';

const BILL: BillView = {
  invoiceId: 'invoice-1',
  issuer: 'Nordhavn Cykler',
  number: 1,
  amount: { minor: 187_500, currency: 'DKK' },
  due: '2026-12-07',
  lines: ['Stort serviceeftersyn'],
  comment: '',
  byLink: false,
  state: 'open',
  consent: null,
  paymentDate: null,
  latestPaymentDate: '2027-01-06',
};

function phone(number: string, bills: BillView[] = []): PhoneView {
  return { users: [], phone: number, bills };
}

function core(answers: Record<string, (input: never) => unknown>) {
  const asked: Array<[string, unknown]> = [];
  const call = (async (name: string, input: never) => {
    asked.push([name, input]);
    return answers[name]?.(input);
  }) as unknown as Call;
  return { call, asked };
}

test('paying is done with the phone that is shown, and shows what lies on it then', async () => {
  const { call, asked } = core({
    phone_show: () => phone('+4557373259', [BILL]),
    phone_pay: () => ({ phone: phone('+4557373259', [{ ...BILL, state: 'paid' }]), failed: null }),
  });
  const pocket = new Pocket(call, '');
  await pocket.look();
  await pocket.pay(BILL);
  expect(asked.at(-1)).toEqual(['phone_pay', { phone: '+4557373259', invoiceId: 'invoice-1' }]);
  expect(pocket.view?.bills[0]?.state).toBe('paid');
});

test('a card that fails is told in the words of MobilePay', async () => {
  const { call } = core({
    phone_show: () => phone('+4599592431', [BILL]),
    phone_pay: () => ({ phone: phone('+4599592431', [BILL]), failed: 'Card expired' }),
  });
  const pocket = new Pocket(call, '');
  await pocket.look();
  await pocket.pay(BILL, '2026-12-01');
  expect(pocket.failed).toBe('Card expired');
  expect(pocket.view?.bills[0]?.state).toBe('open');
});

test('a double tap pays once', async () => {
  const { call, asked } = core({
    phone_show: () => phone('+4557373259', [BILL]),
    phone_pay: () => ({ phone: phone('+4557373259'), failed: null }),
  });
  const pocket = new Pocket(call, '');
  await pocket.look();
  await Promise.all([pocket.pay(BILL), pocket.pay(BILL)]);
  expect(asked.filter(([name]) => name === 'phone_pay')).toHaveLength(1);
});

test('a customer without a practice phone shows the first phone instead', async () => {
  const { call } = core({
    phone_show: (input: { phone?: string }) => {
      if (input.phone) throw { code: 'not_found', next: 'none' };
      return phone('+4557373259');
    },
  });
  const pocket = new Pocket(call, '+4540506070');
  await pocket.look();
  expect(pocket.view?.phone).toBe('+4557373259');
  expect(pocket.failure).toBeNull();
});
