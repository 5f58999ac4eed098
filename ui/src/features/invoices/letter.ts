/** Ready texts that pass a link on, in the language of the customer. */
import { shownDate, shownMoney, tIn, type Language } from '../../i18n';
import type { InvoiceView, LinkView } from '../../bridge/generated';

export interface Letter {
  subject: string;
  body: string;
}

/** A text message: one line. */
export function textMessage(view: InvoiceView, link: LinkView, language: Language): string {
  return tIn(language, 'letter.sms', words(view, link));
}

/** An e-mail. */
export function letter(view: InvoiceView, link: LinkView, language: Language): Letter {
  const said = words(view, link);
  return { subject: tIn(language, 'letter.subject', said), body: tIn(language, 'letter.body', said) };
}

function words(view: InvoiceView, link: LinkView): Record<string, string> {
  const { row } = view;
  return {
    number: String(row.number),
    business: view.business,
    customer: row.customer ? ` ${row.customer}` : '',
    amount: shownMoney(row.amount),
    due: shownDate(row.due),
    link: link.href,
  };
}
