// Written by `cargo test -p desk` with KVIT_WRITE_TYPES=1 from crates/desk/src/ipc. Do not edit.

/**
 * An address as typed.
 */
export type AddressFormView = { 
/**
 * Street.
 */
street: string, 
/**
 * Postal code.
 */
postalCode: string, 
/**
 * Town.
 */
city: string, 
/**
 * A further line.
 */
extra: string, };

/**
 * Days past due.
 */
export type AgeBucket = "not_due" | "days30" | "days60" | "days90" | "older";

/**
 * One bar of the ageing.
 */
export type AgeView = { 
/**
 * Which bucket.
 */
bucket: AgeBucket, 
/**
 * Sum.
 */
amount: MoneyView, 
/**
 * Invoices.
 */
count: number, };

/**
 * The answer to the window's first question.
 */
export type AppView = { 
/**
 * Version of the program.
 */
version: string, 
/**
 * Language, theme and text size.
 */
settings: SettingsView, 
/**
 * Every connection, Practice first.
 */
connections: Array<ConnectionView>, 
/**
 * Id of the one that is open.
 */
current: string, 
/**
 * How many invoices wait to go out in connections that work beside it, by their ids.
 */
waitingBeside: { [key in string]: number }, 
/**
 * The one that was to be open instead, if it could not be opened.
 */
notOpened: NotOpened | null, 
/**
 * The practice world is open, began anew because its books could not be read, and nobody has said `practice_seen`.
 */
practiceAnew: boolean, 
/**
 * Today in the current merchant's zone, ISO.
 */
today: string, 
/**
 * The clock of trade, in the practice world.
 */
clock: ClockView | null, 
/**
 * Where the books are kept.
 */
dataFolder: string, 
/**
 * Whether the program can open the system browser itself (not so under webhost).
 */
opensBrowser: boolean, };

/**
 * Whether the next invoices may come straight to the phone.
 */
export type BillConsent = "asked" | "granted";

/**
 * How a bill stands for the customer.
 */
export type BillState = "open" | "scheduled" | "failed" | "paid" | "rejected" | "gone";

/**
 * A bill as the customer sees it.
 */
export type BillView = { 
/**
 * Uuid of our invoice.
 */
invoiceId: string, 
/**
 * Issuer.
 */
issuer: string, 
/**
 * Invoice number.
 */
number: number, 
/**
 * To pay.
 */
amount: MoneyView, 
/**
 * ISO date.
 */
due: string, 
/**
 * Descriptions of the lines.
 */
lines: Array<string>, 
/**
 * Comment.
 */
comment: string, 
/**
 * It came as a link and has no addressee of its own.
 */
byLink: boolean, 
/**
 * What can be done, and how it stands.
 */
state: BillState, 
/**
 * The question on the screen after the payment: may the next ones come straight to the phone (spec 15)?
 */
consent: BillConsent | null, 
/**
 * Payment day, when one was chosen, ISO.
 */
paymentDate: string | null, 
/**
 * The last day that can be chosen: due date plus 30 days (spec 9.6), ISO.
 */
latestPaymentDate: string, };

/**
 * The business as it is to be.
 */
export type BusinessChange = { 
/**
 * The next number that the box showed at first: only another one than this is the merchant's wish.
 */
shownNumber: number, 
/**
 * Name.
 */
name: string, 
/**
 * Street and number.
 */
street: string, 
/**
 * Postal code.
 */
postalCode: string, 
/**
 * Town.
 */
city: string, 
/**
 * CVR or Y-tunnus.
 */
companyId: string, 
/**
 * E-mail.
 */
email: string, 
/**
 * Phone.
 */
phone: string, 
/**
 * Foot of the paper.
 */
footer: string, 
/**
 * VAT in percent for new lines, e.g. `25`.
 */
defaultVatRate: string, 
/**
 * Days until due for new invoices.
 */
defaultDueDays: number, 
/**
 * Number that the next sent invoice gets.
 */
nextNumber: number, 
/**
 * Language of the paper: `da`, `fi` or `en`.
 */
paperLanguage: PaperLanguage, };

/**
 * What came of saving the business; problems mean that nothing was saved.
 */
export type BusinessSaved = { 
/**
 * As it stands now.
 */
business: BusinessView, 
/**
 * Problems by box.
 */
problems: Array<ProblemView>, };

/**
 * The business as it stands on the paper, and its defaults.
 */
export type BusinessView = { 
/**
 * Name.
 */
name: string, 
/**
 * Street and number.
 */
street: string, 
/**
 * Postal code.
 */
postalCode: string, 
/**
 * Town.
 */
city: string, 
/**
 * CVR or Y-tunnus.
 */
companyId: string, 
/**
 * E-mail.
 */
email: string, 
/**
 * Phone.
 */
phone: string, 
/**
 * Foot of the paper.
 */
footer: string, 
/**
 * VAT in percent for new lines, e.g. `25`.
 */
defaultVatRate: string, 
/**
 * Days until due for new invoices.
 */
defaultDueDays: number, 
/**
 * Number that the next sent invoice gets.
 */
nextNumber: number, 
/**
 * Language of the paper: `da`, `fi` or `en`.
 */
paperLanguage: PaperLanguage, };

/**
 * How the service proves itself at the receiver (spec 11.2).
 */
export type CallbackKind = "basic" | "api_key";

/**
 * Where callbacks go.
 */
export type CallbackTerms = { 
/**
 * The public address.
 */
address: string, 
/**
 * How the service proves itself.
 */
kind: CallbackKind, 
/**
 * The user name, with Basic.
 */
username: string, 
/**
 * When it was set, ISO timestamp.
 */
at: string, };

/**
 * What can be wrong with what was typed.
 */
export type CallbackWrong = "port_too_low" | "address_unreadable" | "address_not_https" | "username_bad" | "password_bad" | "key_bad" | "secret_missing";

/**
 * What came of a change: how things stand, and what is wrong with the input (then nothing was changed).
 */
export type CallbacksChanged = { 
/**
 * How things stand now.
 */
callbacks: CallbacksView, 
/**
 * What is wrong.
 */
wrong: CallbackWrong | null, };

/**
 * What `MobilePay` is to be asked. The secret goes straight to the keychain and never comes back.
 */
export type CallbacksForm = { 
/**
 * The public https address.
 */
address: string, 
/**
 * How the service proves itself.
 */
kind: CallbackKind, 
/**
 * The user name, with Basic; empty: `kvit`.
 */
username: string, 
/**
 * Password or key; empty: Kvit makes one, which only its own receiver needs to know.
 */
secret: string, };

/**
 * How things stand with callbacks.
 */
export type CallbacksView = { 
/**
 * The receiver on this computer.
 */
receiver: ReceiverState, 
/**
 * Whether the merchant wants it on.
 */
wanted: boolean, 
/**
 * Its port.
 */
port: number, 
/**
 * Its address on this computer, to which the merchant's own server hands callbacks on.
 */
localAddress: string, 
/**
 * Whether the service can reach that address itself, as only the practice world can.
 */
near: boolean, 
/**
 * What the service surely does; `null`: nothing was set from here.
 */
current: CallbackTerms | null, 
/**
 * What it was asked to do and may be doing instead, because its answer was lost; oldest first.
 */
unclear: Array<CallbackTerms>, 
/**
 * When something was heard last, ISO timestamp.
 */
lastHeard: string | null, 
/**
 * When somebody last came with wrong credentials in this run, ISO timestamp.
 */
lastStranger: string | null, 
/**
 * Events that are kept for invoices which are not in these books.
 */
strays: number, };

/**
 * How an invoice reaches the customer.
 */
export type ChannelName = "phone" | "link";

/**
 * One piece.
 */
export type CheckedPiece = { 
/**
 * Which.
 */
piece: Piece, 
/**
 * How it stands.
 */
verdict: Verdict, 
/**
 * What was found.
 */
finding: Finding, 
/**
 * What it was found about: a host, an address, a merchant's or issuer's name; empty when there is nothing to name.
 */
about: string, };

/**
 * Where to move it. Never back.
 */
export type ClockMove = { "to": "day" } | { "to": "week" } | { "to": "due", 
/**
 * Uuid.
 */
invoiceId: string, } | { "to": "expiry", 
/**
 * Uuid.
 */
invoiceId: string, } | { "to": "date", 
/**
 * ISO.
 */
date: string, };

/**
 * The time of trade in the practice world.
 */
export type ClockView = { 
/**
 * Now, by the clock of trade.
 */
now: string, 
/**
 * The merchant's day, ISO.
 */
today: string, 
/**
 * The merchant's time zone, e.g. `Europe/Copenhagen`.
 */
zone: string, 
/**
 * Seconds by which trade is ahead of the computer; 0 when it was never moved.
 */
aheadSeconds: number, 
/**
 * The same in civil days, for the band.
 */
aheadDays: number, 
/**
 * The last day that one move can reach, ISO.
 */
latest: string, };

/**
 * A change of a connection. Secrets and the gateway id are never shown again; where their boxes are empty they stay, as
 * long as they go where they went before. Addresses that are absent stay too; empty ones become `MobilePay`'s own.
 */
export type ConnectionChange = { 
/**
 * Which.
 */
id: string, 
/**
 * As it is to be; its world and country stay.
 */
form: ConnectionForm, };

/**
 * What is to be tried out.
 */
export type ConnectionCheck = { 
/**
 * A connection as typed; absent: the open one, as it is kept.
 */
form?: ConnectionForm, 
/**
 * With `form`: the connection that is being changed, whose secrets count where the form has none.
 */
id?: string, };

/**
 * How each piece stands, in the order in which they depend on each other.
 */
export type ConnectionChecked = { 
/**
 * One entry a piece.
 */
pieces: Array<CheckedPiece>, };

/**
 * A new connection as typed. Secrets go straight to the keychain and never come back.
 */
export type ConnectionForm = { 
/**
 * What the merchant calls it.
 */
name: string, 
/**
 * World; `practice` cannot be added.
 */
world: World, 
/**
 * Country.
 */
country: CountryCode, 
/**
 * OAuth client id (from the zip).
 */
clientId: string, 
/**
 * OAuth client secret (from the zip).
 */
clientSecret: string, 
/**
 * `x-ibm-client-id` (from the developer portal).
 */
gatewayId: string, 
/**
 * `x-ibm-client-secret`.
 */
gatewaySecret: string, 
/**
 * The whitelisted return address, character for character.
 */
redirectUri: string, 
/**
 * By which door the browser comes back.
 */
door: Door, 
/**
 * Discovery document; absent means MobilePay's own for this world and country (spec 1.1).
 */
discoveryUrl?: string, 
/**
 * The issuer that tokens must name; absent means MobilePay's own, or, with `discoveryUrl`, the address that the
 * document lies under (OpenID Connect Discovery 4.3).
 */
issuer?: string, 
/**
 * Base of the Invoice API; absent means MobilePay's own.
 */
apiBaseUrl?: string, 
/**
 * VAT number with country prefix, e.g. `DK12345678`.
 */
merchantVat?: string, 
/**
 * Number of the first invoice as typed, where the merchant has a series already; only for a new connection.
 */
firstNumber?: string, 
/**
 * Whether signing in also asks for payments and payouts (scope `transactionreporting`).
 */
transactions: boolean, };

/**
 * Names one connection.
 */
export type ConnectionRef = { 
/**
 * Its id.
 */
id: string, };

/**
 * How things stand with the current connection.
 */
export type ConnectionStatus = { 
/**
 * The connection.
 */
connection: ConnectionView, 
/**
 * The session.
 */
session: SessionView, 
/**
 * What keeps it from being used although somebody may be signed in; queued invoices wait for its end.
 */
trouble: SessionTrouble | null, 
/**
 * The business on the paper.
 */
business: BusinessView, 
/**
 * MobilePay's id of the merchant, once told.
 */
merchantId: string | null, 
/**
 * Issuers, once told.
 */
issuers: Array<IssuerView>, 
/**
 * Invoices that have not left this computer for good.
 */
outboxWaiting: number, 
/**
 * Invoices in the outbox: those, and the ones that MobilePay has under an unknown id.
 */
outboxUnsettled: number, 
/**
 * Whether the last call got through. `null`: none was made yet.
 */
online: boolean | null, 
/**
 * Where secrets are kept now.
 */
keychain: KeychainView, };

/**
 * One connection in the list.
 */
export type ConnectionView = { 
/**
 * Id, e.g. `practice-dk` or a uuid.
 */
id: string, 
/**
 * What the merchant calls it.
 */
name: string, 
/**
 * World.
 */
world: World, 
/**
 * Country of the merchant.
 */
country: CountryCode, 
/**
 * OAuth client id (no secret).
 */
clientId: string, 
/**
 * Where the browser comes back to.
 */
redirectUri: string, 
/**
 * By which door.
 */
door: Door, 
/**
 * OpenID discovery document.
 */
discoveryUrl: string, 
/**
 * The issuer that tokens must name.
 */
issuer: string, 
/**
 * Base of the Invoice API.
 */
apiBaseUrl: string, 
/**
 * VAT number that picks the merchant at sign-in.
 */
merchantVat: string | null, 
/**
 * Whether signing in also asks for payments and payouts (scope `transactionreporting`).
 */
transactions: boolean, };

/**
 * What the customer answered.
 */
export type ConsentAnswerName = "waiting" | "granted" | "declined" | "withdrawn" | "unknown";

/**
 * How many there are of each.
 */
export type ConsentCountsView = { 
/**
 * Nothing answered yet.
 */
waiting: number, 
/**
 * Yes.
 */
granted: number, 
/**
 * No.
 */
declined: number, 
/**
 * Taken back.
 */
withdrawn: number, };

/**
 * The customer of a consent.
 */
export type ConsentCustomer = { 
/**
 * Uuid.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * Whether their next invoice goes to this number by itself.
 */
used: boolean, 
/**
 * Another number that they have in the book, as read aloud; empty: none.
 */
otherPhone: string, };

/**
 * Links that are open and with which nobody was asked yet.
 */
export type ConsentLinks = { 
/**
 * Newest first, at most 100.
 */
rows: Array<InvoiceRow>, };

/**
 * A page of consents.
 */
export type ConsentList = { 
/**
 * Newest change first.
 */
rows: Array<ConsentView>, 
/**
 * For the next page; `null` on the last.
 */
next: string | null, 
/**
 * How many there are of each.
 */
counts: ConsentCountsView, };

/**
 * Which consents, and after which one.
 */
export type ConsentQuery = { 
/**
 * Only those with this answer.
 */
answer: ConsentAnswerName, 
/**
 * `next` of the page before; empty for the first page.
 */
after: string, 
/**
 * Rows to return, at most 500.
 */
limit: number, };

/**
 * Whose number a granted consent is.
 */
export type ConsentUse = { 
/**
 * The consent.
 */
id: string, 
/**
 * The customer whose usual way it becomes.
 */
customerId: string, };

/**
 * One consent.
 */
export type ConsentView = { 
/**
 * `MobilePay`'s id.
 */
id: string, 
/**
 * The answer.
 */
answer: ConsentAnswerName, 
/**
 * The link with which it was asked, if it is one of these books.
 */
invoice: InvoiceRow | null, 
/**
 * The customer, if known.
 */
customer: ConsentCustomer | null, 
/**
 * The number that was given with a yes, E.164, or empty.
 */
phone: string, 
/**
 * As read aloud.
 */
phoneShown: string, 
/**
 * When it was asked from here, ISO timestamp.
 */
askedAt: string | null, 
/**
 * When it was answered, ISO timestamp.
 */
answeredAt: string | null, };

/**
 * The two countries.
 */
export type CountryCode = "DK" | "FI";

/**
 * The two currencies.
 */
export type CurrencyCode = "DKK" | "EUR";

/**
 * A customer as typed.
 */
export type CustomerForm = { 
/**
 * Empty: a new one.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * Phone in any form.
 */
phone: string, 
/**
 * Street.
 */
street: string, 
/**
 * Postal code.
 */
postalCode: string, 
/**
 * Town.
 */
city: string, 
/**
 * E-mail.
 */
email: string, 
/**
 * Language of their paper.
 */
language: PaperLanguage | null, };

/**
 * Found customers.
 */
export type CustomerList = { 
/**
 * By name.
 */
customers: Array<CustomerView>, 
/**
 * How many there are in all.
 */
total: number, };

/**
 * What to look for.
 */
export type CustomerQuery = { 
/**
 * Part of a name or phone; empty for all.
 */
text: string, 
/**
 * Rows to skip.
 */
offset: number, 
/**
 * Rows to return, at most 500.
 */
limit: number, };

/**
 * Names one customer.
 */
export type CustomerRef = { 
/**
 * Uuid.
 */
id: string, };

/**
 * What came of saving: the customer, or what is wrong beside each box (then nothing was saved).
 */
export type CustomerSaved = { 
/**
 * The customer as saved.
 */
customer: CustomerView | null, 
/**
 * Problems by box.
 */
problems: Array<ProblemView>, };

/**
 * One customer.
 */
export type CustomerView = { 
/**
 * Uuid.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * E.164, or empty.
 */
phone: string, 
/**
 * As it is read aloud: `31 12 23 34`.
 */
phoneShown: string, 
/**
 * Street.
 */
street: string, 
/**
 * Postal code.
 */
postalCode: string, 
/**
 * Town.
 */
city: string, 
/**
 * E-mail.
 */
email: string, 
/**
 * Language of their paper; `null`: the business's.
 */
language: PaperLanguage | null, 
/**
 * How they usually get invoices.
 */
defaultChannel: ChannelName, 
/**
 * Invoices so far.
 */
invoices: number, 
/**
 * One of the practice world's telephones.
 */
practicePhone: boolean, };

/**
 * A date of a file, and the day that it is in each order; `null` where it is none.
 */
export type DateExample = { 
/**
 * As it stands there.
 */
text: string, 
/**
 * ISO.
 */
dayFirst: string | null, 
/**
 * ISO.
 */
monthFirst: string | null, 
/**
 * ISO.
 */
yearFirst: string | null, };

/**
 * Which part of a date comes first.
 */
export type DateOrderName = "day_first" | "month_first" | "year_first" | "unknown";

/**
 * Some days, both included.
 */
export type Days = { 
/**
 * ISO.
 */
first: string, 
/**
 * ISO.
 */
last: string, };

/**
 * The sign before the decimals.
 */
export type DecimalSign = "comma" | "point" | "unknown";

/**
 * How the browser hands its answer to Kvit. Pasting the address works always.
 */
export type Door = "return_page" | "loopback";

/**
 * A new draft.
 */
export type DraftCreate = { 
/**
 * For this customer.
 */
customerId?: string, 
/**
 * Copy of this invoice, with fresh dates.
 */
likeInvoice?: string, };

/**
 * Every box of the composer, as typed (see `invoice::DraftForm`).
 */
export type DraftFormView = { 
/**
 * The customer.
 */
recipient: RecipientFormView, 
/**
 * Issuer id; empty: the only usable one.
 */
issuerId: string, 
/**
 * Issue date; empty: today.
 */
issueDate: string, 
/**
 * Due date.
 */
dueDate: string, 
/**
 * Prices without or with VAT.
 */
priceBasis: PriceBasisName, 
/**
 * Lines.
 */
lines: Array<LineFormView>, 
/**
 * What a bank statement shows.
 */
paymentReference: string, 
/**
 * Text to the customer.
 */
comment: string, 
/**
 * Contact person.
 */
contactName: string, 
/**
 * Own order number.
 */
merchantOrderNumber: string, 
/**
 * Buyer's order number.
 */
buyerOrderNumber: string, 
/**
 * Order date.
 */
orderDate: string, 
/**
 * Delivery date.
 */
deliveryDate: string, 
/**
 * Delivery address.
 */
deliveryAddress: AddressFormView, 
/**
 * https address of an own PDF.
 */
invoiceUrl: string, 
/**
 * Where the payer goes afterwards (link).
 */
redirectUrl: string, };

/**
 * Drafts, newest first.
 */
export type DraftList = { 
/**
 * All of them.
 */
drafts: Array<DraftRow>, };

/**
 * The paper of a draft.
 */
export type DraftPaper = { 
/**
 * Uuid of the draft.
 */
id: string, 
/**
 * Language; absent: the customer's or the business's.
 */
language?: PaperLanguage, };

/**
 * Names one draft.
 */
export type DraftRef = { 
/**
 * Uuid.
 */
id: string, };

/**
 * A draft in a list.
 */
export type DraftRow = { 
/**
 * Uuid.
 */
id: string, 
/**
 * Customer, may be empty.
 */
customer: string, 
/**
 * Total as read.
 */
total: MoneyView, 
/**
 * ISO timestamp.
 */
savedAt: string, };

/**
 * The whole form, each time it changes.
 */
export type DraftSave = { 
/**
 * Uuid.
 */
id: string, 
/**
 * The revision that was edited.
 */
revision: number, 
/**
 * Every box.
 */
form: DraftFormView, };

/**
 * Send what was seen.
 */
export type DraftSend = { 
/**
 * Uuid.
 */
id: string, 
/**
 * The revision on the screen; another one is refused.
 */
revision: number, 
/**
 * To a phone or as a link.
 */
channel: ChannelName, };

/**
 * A draft, what is typed in it, and how that is read.
 */
export type DraftView = { 
/**
 * Uuid.
 */
id: string, 
/**
 * Counts the saves; sending names the one that was seen.
 */
revision: number, 
/**
 * ISO timestamp of the last save.
 */
savedAt: string, 
/**
 * Every box as typed.
 */
form: DraftFormView, 
/**
 * How it is read.
 */
reading: ReadingView, 
/**
 * Number that it would get now.
 */
nextNumber: number, 
/**
 * Invoices that this customer's phone got today.
 */
sentToday: number, };

/**
 * Why a session ended by itself. A variant exists only because the window has a sentence of its own for it.
 */
export type EndedBecause = "revoked" | "client_refused" | "lost";

/**
 * Something changed.
 */
export type Event = { "type": "invoices_changed", 
/**
 * Uuids; none: many, or nobody knows which.
 */
ids: Array<string>, } | { "type": "run_changed", 
/**
 * Uuid.
 */
id: string, 
/**
 * How many rows stand where; absent: the run is gone or must be read again.
 */
progress: RunProgress | null, } | { "type": "drafts_changed" } | { "type": "customers_changed" } | { "type": "connection_changed" } | { "type": "callbacks_changed" } | { "type": "consents_changed" } | { "type": "signin_ended", 
/**
 * How.
 */
end: SigninEnd, } | { "type": "link_refused", 
/**
 * Why.
 */
refused: SigninRefused, } | { "type": "everything_changed" };

/**
 * Who says so.
 */
export type EvidenceSource = "this_computer" | "answer" | "status_check" | "callback";

/**
 * A kind of file.
 */
export type ExportFormat = "csv" | "xlsx";

/**
 * A figure with its count.
 */
export type FigureView = { 
/**
 * Sum.
 */
amount: MoneyView, 
/**
 * Invoices.
 */
count: number, };

/**
 * Why a file is not taken. The words are the window's.
 */
export type FileTrouble = "too_large" | "unpacks_too_large" | "too_many_rows" | "too_many_columns" | "cell_too_long" | "row_too_wide" | "row_uneven" | "empty" | "old_excel" | "not_a_table" | "damaged";

/**
 * What was found; each has a sentence and a next step of its own.
 */
export type Finding = "answers" | "name_not_resolved" | "turned_away" | "no_answer" | "not_https" | "proven" | "on_this_computer" | "not_proven" | "provider_fits" | "provider_unreadable" | "issuer_other" | "endpoint_not_trusted" | "flow_not_offered" | "keys_unreadable" | "oauth_known" | "oauth_refused" | "oauth_not_allowed" | "oauth_unclear" | "redirect_known" | "redirect_refused" | "redirect_unclear" | "gateway_passed" | "gateway_refused" | "api_unreachable" | "api_trouble" | "merchant_known" | "no_merchant" | "issuer_usable" | "no_issuer" | "issuer_pending" | "issuer_disabled" | "after_sign_in" | "sign_in_not_accepted" | "earlier_first";

/**
 * Numbers that are missing.
 */
export type GapView = { 
/**
 * The lowest of them.
 */
first: number, 
/**
 * The highest of them.
 */
last: number, 
/**
 * Why.
 */
why: GapWhy, };

/**
 * Why numbers are missing.
 */
export type GapWhy = "taken_back" | "series_moved";

/**
 * What takes the place of a link that was given up.
 */
export type GivenUp = { 
/**
 * The draft.
 */
draft: DraftView, 
/**
 * The invoice that was given up.
 */
invoice: InvoiceView, };

/**
 * What came of naming an id. Nothing was changed when it was wrong.
 */
export type IdNamed = { 
/**
 * What does not fit; `null`: it is this invoice.
 */
wrong: IdWrong | null, 
/**
 * The invoice as it stands now.
 */
invoice: InvoiceView, };

/**
 * What does not fit about a named id.
 */
export type IdWrong = { 
/**
 * What.
 */
what: WrongId, 
/**
 * What MobilePay keeps under it instead: a number, an amount, a date. Empty if there is nothing to show.
 */
found: string, };

/**
 * A file that is about to come.
 */
export type ImportBegin = { 
/**
 * Its name, without a folder.
 */
name: string, 
/**
 * Bytes.
 */
size: number, };

/**
 * Which columns mean what, to look at the file again.
 */
export type ImportColumns = { 
/**
 * Uuid of the import.
 */
id: string, 
/**
 * What each column means; `null`: nothing.
 */
columns: Array<ImportField | null>, 
/**
 * The first row has headings.
 */
hasHeadings: boolean, };

/**
 * What a column can mean.
 */
export type ImportField = "name" | "phone" | "street" | "postal_code" | "city" | "description" | "item_number" | "quantity" | "unit" | "unit_price" | "vat_rate" | "discount" | "due_date" | "issue_date" | "payment_reference" | "comment" | "merchant_order_number" | "buyer_order_number" | "delivery_date";

/**
 * What a file shows, once it is said what its columns mean.
 */
export type ImportFound = { 
/**
 * How `1.234` is meant.
 */
decimal: DecimalSign, 
/**
 * How `02/12/2027` is meant.
 */
dates: DateOrderName, 
/**
 * A date of the file, by which its order can be shown; `null` when it has none.
 */
date: DateExample | null, 
/**
 * Prices without or with VAT.
 */
priceBasis: PriceBasisName, };

/**
 * A piece of a file, in order.
 */
export type ImportPiece = { 
/**
 * Uuid of the import.
 */
id: string, 
/**
 * At most 256 KiB in base64.
 */
base64: string, };

/**
 * What the merchant says of a file.
 */
export type ImportPlan = { 
/**
 * Uuid of the import.
 */
id: string, 
/**
 * What each column means; `null`: nothing.
 */
columns: Array<ImportField | null>, 
/**
 * The first row has headings.
 */
hasHeadings: boolean, 
/**
 * How `1.234` is meant.
 */
decimal: DecimalSign, 
/**
 * How `02/12/2027` is meant.
 */
dates: DateOrderName, 
/**
 * Prices without or with VAT.
 */
priceBasis: PriceBasisName, 
/**
 * For rows that say none; empty: the day on which they are sent.
 */
issueDate: string, 
/**
 * For rows that say none.
 */
dueDate: string, 
/**
 * What is sold, for rows that do not say.
 */
description: string, };

/**
 * Names an import in progress.
 */
export type ImportRef = { 
/**
 * Uuid.
 */
id: string, };

/**
 * In which language a template is wanted.
 */
export type ImportTemplate = { 
/**
 * Language of the headings.
 */
language: PaperLanguage, };

/**
 * What a file says, and what is thought to be meant.
 */
export type ImportView = { 
/**
 * Uuid of the import.
 */
id: string, 
/**
 * Name of the file.
 */
name: string, 
/**
 * How it was read: `CSV · ; · Windows-1252`, `Excel · Ark1`.
 */
how: string, 
/**
 * Rows, headings not counted.
 */
rows: number, 
/**
 * The first row of the file, else the letters of the columns.
 */
headings: Array<string>, 
/**
 * The first rows as they stand there, at most five.
 */
sample: Array<Array<string>>, 
/**
 * What is thought to be meant.
 */
plan: ImportPlan, 
/**
 * A date of the file, by which its order can be shown; `null` when it has none.
 */
date: DateExample | null, 
/**
 * When the same file was sent before, ISO timestamp.
 */
sentBefore: string | null, };

/**
 * What may be done with an invoice in its state.
 */
export type InvoiceAction = "undo" | "cancel" | "copy_link" | "refresh" | "save_pdf" | "duplicate" | "ask_consent";

/**
 * How many there are under each chip.
 */
export type InvoiceCounts = { 
/**
 * Everything.
 */
all: number, 
/**
 * Waiting.
 */
waiting: number, 
/**
 * Overdue.
 */
overdue: number, 
/**
 * Due within seven days.
 */
dueSoon: number, 
/**
 * Paid.
 */
paid: number, 
/**
 * Paid this month.
 */
paidThisMonth: number, 
/**
 * Needs the merchant.
 */
needsYou: number, 
/**
 * Closed without money.
 */
closed: number, 
/**
 * Drafts, which are no invoices yet.
 */
drafts: number, };

/**
 * The invoices that a list shows, as a file.
 */
export type InvoiceExport = { 
/**
 * Which.
 */
filter: InvoiceFilter, 
/**
 * As typed in the search box.
 */
text: string, 
/**
 * Kind of file.
 */
format: ExportFormat, 
/**
 * Language of its headings.
 */
language: PaperLanguage, };

/**
 * The chips above the list.
 */
export type InvoiceFilter = "all" | "waiting" | "overdue" | "due_soon" | "paid" | "paid_this_month" | "needs_you" | "closed";

/**
 * A line of a sent invoice.
 */
export type InvoiceLineView = { 
/**
 * What was sold.
 */
description: string, 
/**
 * Decimal with a dot.
 */
quantity: string, 
/**
 * Unit.
 */
unit: string, 
/**
 * With VAT.
 */
gross: MoneyView, };

/**
 * A page of the list.
 */
export type InvoiceList = { 
/**
 * The rows.
 */
rows: Array<InvoiceRow>, 
/**
 * How many match in all.
 */
total: number, 
/**
 * Counts for the chips.
 */
counts: InvoiceCounts, };

/**
 * A paper of a sent invoice.
 */
export type InvoicePaper = { 
/**
 * Uuid.
 */
id: string, 
/**
 * Language; absent: the one it was sent with.
 */
language?: PaperLanguage, };

/**
 * What to list.
 */
export type InvoiceQuery = { 
/**
 * Which.
 */
filter: InvoiceFilter, 
/**
 * Part of a number, name, phone, reference, line text or amount.
 */
text: string, 
/**
 * Column.
 */
sort: InvoiceSort, 
/**
 * Smallest first.
 */
ascending: boolean, 
/**
 * Rows to skip.
 */
offset: number, 
/**
 * Rows to return, at most 500.
 */
limit: number, };

/**
 * Names one invoice.
 */
export type InvoiceRef = { 
/**
 * Uuid.
 */
id: string, };

/**
 * One row.
 */
export type InvoiceRow = { 
/**
 * Uuid.
 */
id: string, 
/**
 * Number.
 */
number: number, 
/**
 * Customer's name, or phone, or empty.
 */
customer: string, 
/**
 * ISO date.
 */
issued: string, 
/**
 * ISO date.
 */
due: string, 
/**
 * To pay.
 */
amount: MoneyView, 
/**
 * Phone or link.
 */
channel: ChannelName, 
/**
 * State.
 */
state: StateName, 
/**
 * Days past due, when waiting and overdue.
 */
daysOverdue: number | null, 
/**
 * Payment day, when scheduled or paid, ISO date.
 */
paymentDate: string | null, 
/**
 * Until when it is held, ISO timestamp by the computer's clock, since the window counts the seconds.
 */
heldUntil: string | null, };

/**
 * By which column.
 */
export type InvoiceSort = "number" | "customer" | "issued" | "due" | "amount" | "state";

/**
 * One invoice, whole.
 */
export type InvoiceView = { 
/**
 * What the list shows.
 */
row: InvoiceRow, 
/**
 * E.164 or empty.
 */
phone: string, 
/**
 * As read aloud.
 */
phoneShown: string, 
/**
 * Lines, short.
 */
lines: Array<InvoiceLineView>, 
/**
 * Without VAT.
 */
net: MoneyView, 
/**
 * VAT.
 */
vat: MoneyView, 
/**
 * Base and VAT by rate.
 */
vatGroups: Array<VatGroupView>, 
/**
 * Comment.
 */
comment: string, 
/**
 * Payment reference.
 */
paymentReference: string, 
/**
 * Language of the customer: that of the paper it was sent with.
 */
language: PaperLanguage, 
/**
 * Name of the business on its paper.
 */
business: string, 
/**
 * The link, for links.
 */
link: LinkView | null, 
/**
 * What the customer answered who was asked with this link to be sent invoices by phone; `null`: nobody was asked.
 */
consent: ConsentAnswerName | null, 
/**
 * What happened, oldest first.
 */
timeline: Array<TimelineEntry>, 
/**
 * What may be done now.
 */
actions: Array<InvoiceAction>, 
/**
 * Why MobilePay refused, if it did: its code and words.
 */
refusal: UpstreamView | null, 
/**
 * Technical details.
 */
technical: TechnicalView, };

/**
 * An invoice issuer (spec 8.2).
 */
export type IssuerView = { 
/**
 * Guid.
 */
id: string, 
/**
 * Name that the payer sees.
 */
name: string, 
/**
 * `pending`, `enabled`, `disabled`, or `null` when not told.
 */
status: string | null, 
/**
 * Street, town.
 */
address: string | null, 
/**
 * Whether an invoice can be sent under it.
 */
usable: boolean, };

/**
 * Where secrets are kept.
 */
export type KeychainView = "kept" | "missing" | "locked" | "this_run_only";

/**
 * Language of the interface.
 */
export type LanguageChoice = "system" | "da" | "fi" | "en";

/**
 * A letter to be written in the merchant's mail program; they send it, or do not.
 */
export type Letter = { 
/**
 * To whom: one address, or empty for the merchant to fill in.
 */
to: string, 
/**
 * Subject, one line.
 */
subject: string, 
/**
 * Text.
 */
body: string, };

/**
 * One line as typed.
 */
export type LineFormView = { 
/**
 * Item number.
 */
itemNumber: string, 
/**
 * What is sold.
 */
description: string, 
/**
 * Quantity; empty: 1.
 */
quantity: string, 
/**
 * Unit.
 */
unit: string, 
/**
 * Price of one.
 */
unitPrice: string, 
/**
 * VAT in percent; empty: the business's default.
 */
vatRate: string, 
/**
 * `50` or `10 %`.
 */
discount: string, };

/**
 * How a line is read; `null` where it cannot be.
 */
export type LineReadingView = { 
/**
 * All boxes empty: no line.
 */
empty: boolean, 
/**
 * Decimal with a dot.
 */
quantity: string | null, 
/**
 * Decimal with a dot.
 */
unitPrice: string | null, 
/**
 * Percent.
 */
vatRate: string | null, 
/**
 * Taken off.
 */
discount: MoneyView | null, 
/**
 * Without VAT.
 */
net: MoneyView | null, 
/**
 * VAT.
 */
vat: MoneyView | null, 
/**
 * With VAT.
 */
gross: MoneyView | null, };

/**
 * The link to pay by.
 */
export type LinkView = { 
/**
 * Address.
 */
href: string, 
/**
 * QR code as an SVG document.
 */
qrSvg: string, };

/**
 * By what a pair was found.
 */
export type MatchedBy = "payment_id" | "reference" | "amount_and_day";

/**
 * What MobilePay's error codes mean to a merchant (spec 13.3, 13.4). A variant exists only because the window has a sentence
 * for it.
 */
export type MeaningKey = "total_not_positive" | "user_not_found" | "user_not_available" | "already_exists" | "technical" | "total_above_limit" | "issuer_not_found" | "account_unusable" | "merchant_not_found" | "due_date_too_far" | "due_date_in_past" | "issue_date_in_future" | "daily_limit_reached" | "already_paid" | "input_wrong" | "country_mismatch" | "currency_mismatch" | "reference_unfit" | "issuer_limit_reached";

/**
 * An exact amount for the window.
 */
export type MoneyView = { 
/**
 * Øre or cent.
 */
minor: number, 
/**
 * `DKK` or `EUR`.
 */
currency: CurrencyCode, };

/**
 * The id of an invoice whose fate is not known.
 */
export type NamedId = { 
/**
 * Which invoice.
 */
id: string, 
/**
 * MobilePay's id as it was typed in.
 */
serviceId: string, };

/**
 * The next step, as a button.
 */
export type NextStep = "none" | "retry" | "sign_in" | "keep_this_run_only" | "correct" | "reload" | "open_connection" | "paste_address";

/**
 * A connection that was to be open and could not be opened, so that the practice world is.
 */
export type NotOpened = { 
/**
 * Its id.
 */
id: string, 
/**
 * What the merchant calls it.
 */
name: string, 
/**
 * The file of its books.
 */
books: string, 
/**
 * Why.
 */
refusal: Refusal, };

/**
 * No input: `{}`.
 */
export type Nothing = Record<symbol, never>;

/**
 * The number series and its gaps.
 */
export type NumberReport = { 
/**
 * The lowest number in use; `null`: nothing was sent yet.
 */
first: number | null, 
/**
 * The highest number in use.
 */
last: number | null, 
/**
 * How many invoices bear one.
 */
count: number, 
/**
 * The one that comes next.
 */
next: number, 
/**
 * Numbers that no invoice bears although later ones do. Empty is the rule.
 */
gaps: Array<GapView>, };

/**
 * What came of opening something outside the window.
 */
export type Opened = { 
/**
 * Whether it was opened; if not, the window shows the address.
 */
opened: boolean, 
/**
 * The address.
 */
address: string, };

/**
 * A page of the outbox, in the order of the numbers.
 */
export type OutboxPage = { 
/**
 * What waits.
 */
rows: Array<OutboxRow>, 
/**
 * Give it as `after` for the rows after these; `null` on the last page.
 */
next: number | null, 
/**
 * How many wait in all.
 */
total: number, 
/**
 * How many invoices bear a number. The report of the numbers is as it was while this and the next one are.
 */
numbered: number, 
/**
 * The number that comes next.
 */
nextNumber: number, 
/**
 * What keeps everything from going out, if something does.
 */
standstill: Standstill | null, };

/**
 * Which part of the outbox.
 */
export type OutboxQuery = { 
/**
 * After this number; 0: from the beginning.
 */
after: number, 
/**
 * Rows to return, at most 500.
 */
limit: number, };

/**
 * One invoice that waits.
 */
export type OutboxRow = { 
/**
 * The invoice.
 */
row: InvoiceRow, 
/**
 * Why it waits.
 */
why: WaitingReason, 
/**
 * When the doubt began, else when it was sent, ISO timestamp.
 */
since: string, 
/**
 * When it is tried next, ISO timestamp. `null`: it is on its way, its run is paused, or only the merchant can go on.
 */
nextTry: string | null, 
/**
 * Attempts so far.
 */
attempts: number, 
/**
 * MobilePay's own words, if it was MobilePay.
 */
upstream: UpstreamView | null, 
/**
 * What the merchant can do.
 */
ways: Array<WayOn>, };

/**
 * The whole page.
 */
export type OverviewView = { 
/**
 * Sent and not paid.
 */
outstanding: FigureView, 
/**
 * Past due.
 */
overdue: FigureView, 
/**
 * Due within seven days.
 */
dueSoon: FigureView, 
/**
 * Paid in the month of today.
 */
paidThisMonth: FigureView, 
/**
 * Twelve past weeks, this one, and the next four.
 */
weeks: Array<WeekView>, 
/**
 * Ages of what is owed.
 */
ageing: Array<AgeView>, 
/**
 * What needs the merchant, most urgent first, at most ten.
 */
needsYou: Array<InvoiceRow>, 
/**
 * What happened last, newest first, at most ten.
 */
recent: Array<RecentView>, 
/**
 * Nothing was ever sent.
 */
empty: boolean, };

/**
 * Our invoice in a reconciliation.
 */
export type PaidView = { 
/**
 * Uuid.
 */
id: string, 
/**
 * Number.
 */
number: number, 
/**
 * Customer's name or phone.
 */
customer: string, };

/**
 * Language of a paper.
 */
export type PaperLanguage = "da" | "fi" | "en";

/**
 * A paper, page by page.
 */
export type PaperView = { 
/**
 * One SVG document a page.
 */
pages: Array<string>, };

/**
 * What the phone shows afterwards.
 */
export type PhoneAnswer = { 
/**
 * The phone as it is now.
 */
phone: PhoneView, 
/**
 * MobilePay's text when the payment failed, e.g. an expired card.
 */
failed: string | null, };

/**
 * The answer to that question, or the withdrawal of a yes.
 */
export type PhoneConsent = { 
/**
 * Whose phone, E.164.
 */
phone: string, 
/**
 * The bill after whose payment it was asked.
 */
invoiceId: string, 
/**
 * Yes or no; no after a yes takes it back.
 */
granted: boolean, };

/**
 * Pay now or on a day.
 */
export type PhonePay = { 
/**
 * Whose phone, E.164.
 */
phone: string, 
/**
 * Which bill.
 */
invoiceId: string, 
/**
 * ISO date; absent: now.
 */
on?: string, };

/**
 * Which phone to show.
 */
export type PhoneQuery = { 
/**
 * E.164 of a test user; absent: the first.
 */
phone?: string, };

/**
 * Decline.
 */
export type PhoneReject = { 
/**
 * Whose phone, E.164.
 */
phone: string, 
/**
 * Which bill.
 */
invoiceId: string, };

/**
 * A test user.
 */
export type PhoneUser = { 
/**
 * E.164.
 */
phone: string, 
/**
 * As read aloud.
 */
phoneShown: string, 
/**
 * The customer of that number, or the published name.
 */
name: string, 
/**
 * Their card has expired: payments fail.
 */
cardExpired: boolean, };

/**
 * A phone and what lies on it.
 */
export type PhoneView = { 
/**
 * The test users one can be (spec 16.1).
 */
users: Array<PhoneUser>, 
/**
 * The one shown, E.164.
 */
phone: string, 
/**
 * Bills on it, newest first.
 */
bills: Array<BillView>, };

/**
 * The pieces of a connection.
 */
export type Piece = "network" | "tls" | "provider" | "oauth" | "redirect" | "gateway" | "merchant" | "issuer";

/**
 * The two portals of spec 1.2.
 */
export type Portal = "developer" | "merchant";

/**
 * A page of MobilePay's.
 */
export type PortalPage = { 
/**
 * Which portal.
 */
portal: Portal, 
/**
 * Of which world.
 */
world: World, 
/**
 * Of which country.
 */
country: CountryCode, };

/**
 * Prices without or with VAT.
 */
export type PriceBasisName = "net" | "gross";

/**
 * Every problem there can be (see `invoice::ProblemCode`).
 */
export type ProblemName = "no_lines" | "description_missing" | "number_unreadable" | "number_ambiguous" | "currency_other" | "price_missing" | "vat_rate_out_of_range" | "vat_rate_fraction" | "vat_rate_unusual" | "discount_ambiguous" | "discount_too_large" | "total_not_positive" | "total_above_limit" | "amount_too_large" | "date_unreadable" | "date_ambiguous" | "due_date_missing" | "due_date_in_past" | "due_date_today" | "due_date_too_far" | "issue_date_in_future" | "phone_missing" | "phone_unreadable" | "phone_too_short" | "phone_too_long" | "phone_foreign" | "phone_other_country" | "recipient_name_missing" | "reference_too_long" | "reference_cut_by_bank" | "text_too_long" | "text_has_control_characters" | "url_not_https" | "daily_limit_reached" | "issuer_missing" | "issuer_unusable" | "name_missing" | "email_unreadable" | "number_taken" | "row_repeated" | "invoice_repeated" | "number_moved" | "number_too_large";

/**
 * One problem beside its box.
 */
export type ProblemView = { 
/**
 * Path in the form: `lines.0.unitPrice`, `recipient.phone`, `dueDate`, `lines`, `total` ...
 */
field: string, 
/**
 * What is wrong; the words are the window's.
 */
code: ProblemName, 
/**
 * What the sentence needs; dates ISO, amounts with a dot.
 */
params: { [key in string]: string }, 
/**
 * Set when it matters for one channel only.
 */
channel: ChannelName | null, };

/**
 * How a form is read.
 */
export type ReadingView = { 
/**
 * One for each line of the form.
 */
lines: Array<LineReadingView>, 
/**
 * Without VAT.
 */
net: MoneyView, 
/**
 * VAT.
 */
vat: MoneyView, 
/**
 * To pay.
 */
gross: MoneyView, 
/**
 * Taken off.
 */
discount: MoneyView, 
/**
 * Base and VAT by rate.
 */
vatGroups: Array<VatGroupView>, 
/**
 * What forbids sending.
 */
problems: Array<ProblemView>, 
/**
 * What should be looked at.
 */
warnings: Array<ProblemView>, 
/**
 * Issue date as read, ISO.
 */
issueDate: string | null, 
/**
 * Due date as read, ISO.
 */
dueDate: string | null, 
/**
 * Phone as read, in the form it is read aloud.
 */
phoneShown: string | null, 
/**
 * Whether it can be sent to a phone now.
 */
canSendToPhone: boolean, 
/**
 * Whether it can be sent as a link now.
 */
canSendAsLink: boolean, 
/**
 * The limit on the total.
 */
maxTotal: MoneyView, };

/**
 * Turns the receiver on this computer on or off.
 */
export type ReceiverForm = { 
/**
 * On or off.
 */
on: boolean, 
/**
 * Its port, 1024 to 65535.
 */
port: number, };

/**
 * The receiver on this computer.
 */
export type ReceiverState = "off" | "listening" | "port_taken" | "secret_missing" | "failed";

/**
 * One thing that happened.
 */
export type RecentView = { 
/**
 * ISO timestamp.
 */
at: string, 
/**
 * What.
 */
what: TimelineWhat, 
/**
 * To which invoice.
 */
row: InvoiceRow, };

/**
 * The customer as typed or picked.
 */
export type RecipientFormView = { 
/**
 * Saved customer, or empty.
 */
customerId: string, 
/**
 * Name.
 */
name: string, 
/**
 * Phone.
 */
phone: string, 
/**
 * Address.
 */
address: AddressFormView, };

/**
 * The groups of a reconciliation.
 */
export type ReconciledPart = "matched" | "unmatched" | "payouts" | "others";

/**
 * A row of a reconciliation.
 */
export type ReconciledRow = { 
/**
 * Day of the payment or payout, ISO.
 */
day: string, 
/**
 * Our invoice, if there is one.
 */
invoice: PaidView | null, 
/**
 * The amount, as the invoice or the report has it.
 */
amount: MoneyView, 
/**
 * The report's word for a movement, e.g. `Payment`; `null` for an invoice that it does not have.
 */
kind: string | null, 
/**
 * Its reference.
 */
reference: string | null, 
/**
 * Reference of the payout to the bank.
 */
payout: string | null, 
/**
 * By what the two were found to belong together.
 */
by: MatchedBy | null, 
/**
 * Why there is no partner.
 */
reason: UnmatchedReason | null, };

/**
 * The whole reconciliation of some days as a file.
 */
export type ReconciliationExport = { 
/**
 * ISO.
 */
first: string, 
/**
 * ISO.
 */
last: string, 
/**
 * Kind of file.
 */
format: ExportFormat, 
/**
 * Language of its headings.
 */
language: PaperLanguage, };

/**
 * What came of asking MobilePay for its report.
 */
export type ReconciliationFetched = { 
/**
 * Movements that were not known yet.
 */
fresh: number, 
/**
 * Entries that could not be read; with any of them the comparison is not whole.
 */
unreadable: number, };

/**
 * A page of one group of some days.
 */
export type ReconciliationQuery = { 
/**
 * ISO.
 */
first: string, 
/**
 * ISO.
 */
last: string, 
/**
 * Which group.
 */
part: ReconciledPart, 
/**
 * Rows to skip.
 */
offset: number, 
/**
 * Rows to give, at most 500; 0: a page.
 */
limit: number, };

/**
 * How the days stand, and a page of one group.
 */
export type ReconciliationView = { 
/**
 * ISO.
 */
first: string, 
/**
 * ISO.
 */
last: string, 
/**
 * When MobilePay was last asked about any of these days, ISO timestamp.
 */
fetchedAt: string | null, 
/**
 * Whether MobilePay was asked about every one of these days.
 */
covered: boolean, 
/**
 * Invoices paid on these days, as Kvit knows them.
 */
paid: SumView, 
/**
 * Those of them with their payment.
 */
matched: SumView, 
/**
 * Invoices without a payment.
 */
unmatchedInvoices: SumView, 
/**
 * Payments without an invoice.
 */
unmatchedPayments: SumView, 
/**
 * Money to the bank.
 */
payouts: SumView, 
/**
 * Fees, refunds and corrections.
 */
others: SumView, 
/**
 * The rows of the part that was asked for.
 */
rows: Array<ReconciledRow>, 
/**
 * How many rows that part has.
 */
total: number, };

/**
 * Why a command was refused. The words are the window's, one set for each code and language.
 */
export type Refusal = { 
/**
 * What happened.
 */
code: RefusalCode, 
/**
 * An English sentence for logs and other hosts.
 */
message: string, 
/**
 * What the merchant can do.
 */
next: NextStep, 
/**
 * Problems beside their boxes.
 */
fields: Array<ProblemView>, 
/**
 * What MobilePay said, if it was MobilePay.
 */
upstream: UpstreamView | null, 
/**
 * A finer code: which check refused, which box is wrong, which part of the keychain.
 */
detail: string | null, 
/**
 * What stands in the way of a sign-in, if this is about one.
 */
signin: SigninReason | null, 
/**
 * What stands in the way of a file of invoices, if this is about one; `detail` has the row, if it is about one.
 */
file: FileTrouble | null, 
/**
 * Finds the entry in the log.
 */
incident: string, };

/**
 * What can be refused. A variant exists only because the window says something of its own about it.
 */
export type RefusalCode = "bad_request" | "not_found" | "changed_meanwhile" | "not_sendable" | "too_late_to_undo" | "not_now" | "sign_in_needed" | "signin_refused" | "no_signin_in_progress" | "provider_unusable" | "port_taken" | "keychain_missing" | "keychain_locked" | "keychain_failed" | "connection_invalid" | "unreachable" | "refused_by_service" | "unclear" | "throttled" | "other_merchant" | "no_merchant" | "books_not_writable" | "books_too_new" | "books_damaged" | "books_in_use" | "books_missing" | "outbox_not_empty" | "not_in_this_world" | "time_goes_forward" | "reporting_not_asked" | "reporting_not_allowed" | "report_too_long" | "days_not_in_order" | "file_not_written" | "file_not_taken" | "unexpected";

/**
 * A return address as typed.
 */
export type ReturnAddress = { 
/**
 * World of the connection.
 */
world: World, 
/**
 * By which door the browser comes back.
 */
door: Door, 
/**
 * The address.
 */
address: string, };

/**
 * Where a row stands.
 */
export type RowStateName = "ready" | "waiting" | "on_the_way" | "sent" | "refused" | "unclear" | "failed" | "replaced";

/**
 * Runs, newest first.
 */
export type RunList = { 
/**
 * The newest of them, at most 100.
 */
runs: Array<RunSummary>, };

/**
 * What would be sent now.
 */
export type RunOffer = { 
/**
 * How many invoices.
 */
count: number, 
/**
 * To pay, all together.
 */
total: MoneyView, 
/**
 * How many rows have problems and stay.
 */
wanting: number, 
/**
 * How many of those that would be sent repeat an invoice of the last weeks or another row.
 */
again: number, };

/**
 * Which rows.
 */
export type RunPart = "all" | "sendable" | "wanting" | "under_way" | "sent" | "refused" | "unclear";

/**
 * How many rows stand where. Each row is in one place.
 */
export type RunProgress = { 
/**
 * Whether it goes on.
 */
state: RunStateName, 
/**
 * All rows.
 */
total: number, 
/**
 * Not sent: no number yet.
 */
ready: number, 
/**
 * Numbered, waiting for their turn.
 */
waiting: number, 
/**
 * On their way now.
 */
onTheWay: number, 
/**
 * `MobilePay` has them.
 */
sent: number, 
/**
 * `MobilePay` refused them, at once or afterwards.
 */
refused: number, 
/**
 * Nobody knows, or the id is not known.
 */
unclear: number, 
/**
 * They certainly did not get through and are tried again.
 */
failed: number, 
/**
 * Links that were given up for another draft.
 */
replaced: number, };

/**
 * Names one run.
 */
export type RunRef = { 
/**
 * Uuid.
 */
id: string, };

/**
 * One row with every box.
 */
export type RunRowOpened = { 
/**
 * As in the list, by the way asked for.
 */
row: RunRowView, 
/**
 * Every box.
 */
form: DraftFormView, 
/**
 * How it is read.
 */
reading: ReadingView, 
/**
 * Whether it may be corrected.
 */
correctable: boolean, };

/**
 * The paper of a row.
 */
export type RunRowPaper = { 
/**
 * Uuid of the run.
 */
id: string, 
/**
 * Its place in the file, from 1.
 */
position: number, 
/**
 * Language; absent: the business's.
 */
language?: PaperLanguage, };

/**
 * Names one row of a run.
 */
export type RunRowRef = { 
/**
 * Uuid of the run.
 */
id: string, 
/**
 * Its place in the file, from 1.
 */
position: number, };

/**
 * A corrected row.
 */
export type RunRowSave = { 
/**
 * Uuid of the run.
 */
id: string, 
/**
 * Its place in the file, from 1.
 */
position: number, 
/**
 * Every box.
 */
form: DraftFormView, };

/**
 * A row.
 */
export type RunRowView = { 
/**
 * Its place in the file, from 1.
 */
position: number, 
/**
 * Name, else phone, else empty.
 */
customer: string, 
/**
 * Phone as read, else as in the file.
 */
phone: string, 
/**
 * First line of goods.
 */
text: string, 
/**
 * Due date, ISO, if it can be read.
 */
due: string | null, 
/**
 * To pay, as read.
 */
total: MoneyView, 
/**
 * Where it stands.
 */
state: RowStateName, 
/**
 * What forbids sending by the way asked for.
 */
problems: Array<ProblemView>, 
/**
 * What should be looked at.
 */
warnings: Array<ProblemView>, 
/**
 * Its invoice, once it has one.
 */
invoice: InvoiceRow | null, 
/**
 * `MobilePay`'s own words about one that did not get through.
 */
upstream: UpstreamView | null, };

/**
 * Rows in the order of the file.
 */
export type RunRows = { 
/**
 * The rows.
 */
rows: Array<RunRowView>, 
/**
 * Give it as `after` for the rows after these; `null` on the last page.
 */
next: number | null, };

/**
 * A page of rows.
 */
export type RunRowsQuery = { 
/**
 * Uuid of the run.
 */
id: string, 
/**
 * Which rows.
 */
part: RunPart, 
/**
 * The way by which the rows that are not sent are to go.
 */
channel: ChannelName, 
/**
 * After this place; 0: from the beginning.
 */
after: number, 
/**
 * Rows to return, at most 500.
 */
limit: number, };

/**
 * Send what was shown: as many invoices, and as much money.
 */
export type RunSend = { 
/**
 * Uuid of the run.
 */
id: string, 
/**
 * To phones or as links.
 */
channel: ChannelName, 
/**
 * How many invoices were shown; another number is refused.
 */
count: number, 
/**
 * How much was shown, minor units; another sum is refused.
 */
totalMinor: number, };

/**
 * Whether a run goes on.
 */
export type RunStateName = "running" | "paused" | "stopped";

/**
 * A run in a list.
 */
export type RunSummary = { 
/**
 * Uuid.
 */
id: string, 
/**
 * Name, usually of the file.
 */
name: string, 
/**
 * ISO timestamp.
 */
createdAt: string, 
/**
 * How far it is.
 */
progress: RunProgress, };

/**
 * A run, whole but for its rows.
 */
export type RunView = { 
/**
 * What the list shows.
 */
run: RunSummary, 
/**
 * What could go to phones now.
 */
toPhone: RunOffer, 
/**
 * What could go as links now.
 */
asLink: RunOffer, 
/**
 * When the same file was sent before, ISO timestamp.
 */
sentBefore: string | null, };

/**
 * Where a PDF was saved.
 */
export type SavedFile = { 
/**
 * Full path.
 */
path: string, };

/**
 * What keeps a session from being used.
 */
export type SessionTrouble = { 
/**
 * What it is.
 */
trouble: Trouble, 
/**
 * With `clock_off`: seconds by which this computer's clock is ahead; negative: behind.
 */
seconds: number | null, };

/**
 * Who is signed in.
 */
export type SessionView = { "state": "signed_out" } | { "state": "signed_in", 
/**
 * When the consent was given or last used, ISO timestamp.
 */
since: string, 
/**
 * When an unused consent ends: 13 months after its last use (spec 6.4).
 */
lastsUntil: string, 
/**
 * Whether it ends with this run, because secrets are not kept.
 */
thisRunOnly: boolean, 
/**
 * Whether the keychain did not take the newest token: it is tried again, and until then it ends with this run too.
 */
unsaved: boolean, } | { "state": "sign_in_needed", 
/**
 * Why.
 */
reason: EndedBecause, };

/**
 * Settings of the program on this computer.
 */
export type SettingsView = { 
/**
 * Language of the interface.
 */
language: LanguageChoice, 
/**
 * Light, dark, or as the system says.
 */
theme: ThemeChoice, 
/**
 * Text size in percent.
 */
textSize: TextSize, };

/**
 * How to begin.
 */
export type SigninBegin = { 
/**
 * Another door than the connection's own (practice and sandbox).
 */
door?: Door, };

/**
 * How an attempt ended; also sent as an event.
 */
export type SigninEnd = { 
/**
 * Which attempt.
 */
attempt: string, 
/**
 * `null`: signed in.
 */
refused: SigninRefused | null, };

/**
 * An address copied from the browser.
 */
export type SigninPaste = { 
/**
 * The whole address.
 */
address: string, };

/**
 * What stands in the way of a sign-in, as far as it makes a difference to the merchant. A variant exists only because the
 * window has a sentence and a next step of its own for it.
 */
export type SigninReason = "another_signin" | "none_in_progress" | "given_up" | "time_over" | "access_denied" | "login_required" | "consent_required" | "interaction_required" | "account_selection_required" | "invalid_request" | "invalid_client" | "invalid_grant" | "invalid_scope" | "invalid_scope_of_two" | "unauthorized_client" | "unsupported_grant_type" | "unsupported_response_type" | "server_error" | "temporarily_unavailable" | "unknown_error" | "answer_issuer_mismatch" | "answer_issuer_missing" | "id_token_unreadable" | "id_token_algorithm" | "id_token_signature" | "id_token_unknown_key" | "id_token_issuer" | "id_token_audience" | "id_token_authorized_party" | "id_token_expired" | "id_token_issued_at" | "id_token_not_before" | "id_token_nonce" | "id_token_subject" | "id_token_header" | "clock_off" | "code_hash_missing" | "code_hash_mismatch" | "access_token_hash_mismatch" | "subject_changed" | "token_endpoint_unreachable" | "token_answer_unreadable" | "back_id_token_missing" | "token_type" | "refresh_token_missing" | "scope_missing" | "answer_too_long" | "answer_missing" | "answer_for_another_place" | "answer_repeated" | "answer_not_text" | "state_missing" | "code_missing" | "id_token_missing" | "access_token_in_front" | "provider_unreachable" | "provider_unreadable" | "issuer_mismatch" | "endpoint_not_trusted" | "flow_not_offered" | "keys_unreadable" | "other_merchant" | "no_merchant" | "merchant_not_asked" | "api_refused" | "not_kept";

/**
 * What was refused of a sign-in.
 */
export type SigninRefused = { 
/**
 * What the window says about it.
 */
reason: SigninReason, 
/**
 * The exact check, for support: `front_id_token_audience`, `c_hash_mismatch`, `token_invalid_client` ...
 */
code: string, };

/**
 * A sign-in in progress. There is at most one; beginning again ends the one before.
 */
export type SigninView = { 
/**
 * Names this attempt in events.
 */
attempt: string, 
/**
 * What the browser opens. Holds no secret; state and nonce are worth nothing without this run's verifier.
 */
authorizeUrl: string, 
/**
 * Where the browser comes back.
 */
redirectUri: string, 
/**
 * By which door.
 */
door: Door, 
/**
 * After this the answer is refused, ISO timestamp.
 */
expiresAt: string, 
/**
 * Whether the system browser was opened; if not, show the address.
 */
browserOpened: boolean, };

/**
 * What keeps the whole outbox from going out.
 */
export type Standstill = { 
/**
 * Why.
 */
why: StandstillReason, 
/**
 * Until when, ISO timestamp, if that is known.
 */
until: string | null, };

/**
 * Why nothing goes out.
 */
export type StandstillReason = "books_not_writable" | "secrets_wanting" | "sign_in_needed" | "offline" | "busy" | "not_answering";

/**
 * What the pill says. Outbox states first, then MobilePay's.
 */
export type StateName = "held" | "queued" | "sending" | "waiting" | "in_doubt" | "sent_id_unknown" | "refused" | "accepted" | "created" | "invalid" | "scheduled" | "paid" | "rejected" | "expired" | "canceled" | "replaced" | "unknown";

/**
 * Events of invoices that are not in these books.
 */
export type StrayList = { 
/**
 * Oldest first, at most 500.
 */
strays: Array<StrayView>, 
/**
 * How many there are in all.
 */
total: number, };

/**
 * One such event.
 */
export type StrayView = { 
/**
 * When it was heard, ISO timestamp.
 */
at: string, 
/**
 * `MobilePay`'s id of the invoice; empty when the event could not be read.
 */
serviceId: string, 
/**
 * `MobilePay`'s word for the state.
 */
state: string, 
/**
 * The event as it came.
 */
raw: string, };

/**
 * How many and how much.
 */
export type SumView = { 
/**
 * How many.
 */
count: number, 
/**
 * Their sum.
 */
amount: MoneyView, };

/**
 * For those who want to look underneath.
 */
export type TechnicalView = { 
/**
 * MobilePay's id.
 */
serviceId: string | null, 
/**
 * Correlation id of the last attempt.
 */
correlationId: string | null, 
/**
 * The frozen request, as text.
 */
request: string, 
/**
 * The last answer, as text.
 */
answer: string | null, 
/**
 * When the status was last checked, ISO timestamp.
 */
lastCheckedAt: string | null, };

/**
 * Text size.
 */
export type TextSize = "normal" | "large" | "larger";

/**
 * Colours.
 */
export type ThemeChoice = "system" | "light" | "dark";

/**
 * One thing that happened.
 */
export type TimelineEntry = { 
/**
 * ISO timestamp.
 */
at: string, 
/**
 * What happened.
 */
what: TimelineWhat, 
/**
 * Who says so.
 */
source: EvidenceSource, 
/**
 * HTTP status of the answer, when there was one.
 */
status: number | null, 
/**
 * MobilePay's error code, when there was one.
 */
errorCode: number | null, 
/**
 * MobilePay's own words, where it refused.
 */
words: string | null, 
/**
 * A day that belongs to it: the payment day, or until when it waits (ISO).
 */
until: string | null, 
/**
 * The state machine forbids it: shown, not applied.
 */
flagged: boolean, };

/**
 * What can happen to an invoice.
 */
export type TimelineWhat = "sent" | "attempted" | "taken_by_service" | "exists_already" | "refused" | "not_sent" | "batch_refused" | "due_date_passed" | "daily_limit" | "back_in_queue" | "answer_lost" | "interrupted" | "id_given" | "replaced" | "created" | "invalid" | "accepted" | "paid" | "rejected" | "expired" | "cancel_asked" | "canceled" | "cancel_refused" | "cancel_lost" | "cancel_not_sent" | "unknown";

/**
 * What came of trying now.
 */
export type TriedNow = { 
/**
 * How many go out.
 */
count: number, 
/**
 * When, if not at once, ISO timestamp: an earlier attempt may still be on its way, or MobilePay asked to wait.
 */
at: string | null, };

/**
 * Kinds of trouble. A variant exists only because the window has a sentence of its own for it.
 */
export type Trouble = "provider_unreachable" | "keychain_locked" | "keychain_missing" | "keychain_failed" | "secrets_missing" | "clock_off" | "held_elsewhere" | "not_accepted" | "not_allowed";

/**
 * The connection that was begun and is not whole yet. There is at most one.
 */
export type Unfinished = { 
/**
 * `null`: there is none.
 */
form: UnfinishedForm | null, };

/**
 * What was typed of a connection that is not whole yet. It lies in a file, so nothing secret is in it: neither the
 * client's secret nor the app's id and secret.
 */
export type UnfinishedForm = { 
/**
 * What the merchant calls it.
 */
name: string, 
/**
 * World.
 */
world: World, 
/**
 * Country.
 */
country: CountryCode, 
/**
 * OAuth client id (no secret).
 */
clientId: string, 
/**
 * Return address.
 */
redirectUri: string, 
/**
 * By which door.
 */
door: Door, 
/**
 * Discovery document.
 */
discoveryUrl: string, 
/**
 * Issuer.
 */
issuer: string, 
/**
 * Base of the Invoice API.
 */
apiBaseUrl: string, 
/**
 * VAT number.
 */
merchantVat: string, 
/**
 * Number of the first invoice.
 */
firstNumber: string, };

/**
 * Why something has no partner.
 */
export type UnmatchedReason = "not_fetched" | "not_reported" | "no_invoice" | "other_amount" | "several" | "id_not_asked" | "unsettled";

/**
 * What MobilePay said, in its own words.
 */
export type UpstreamView = { 
/**
 * HTTP status.
 */
status: number | null, 
/**
 * Error code, e.g. 10104.
 */
code: number | null, 
/**
 * What the code means to the merchant, as a key of the window's words; `null` for an unlisted code,
 * and without one unless the input was called wrong.
 */
meaning: MeaningKey | null, 
/**
 * MobilePay's English text.
 */
text: string | null, 
/**
 * For support.
 */
correlationId: string | null, };

/**
 * Base and VAT of one rate.
 */
export type VatGroupView = { 
/**
 * Percent, decimal with a dot.
 */
rate: string, 
/**
 * Base.
 */
net: MoneyView, 
/**
 * VAT.
 */
vat: MoneyView, };

/**
 * How a piece stands.
 */
export type Verdict = "good" | "bad" | "open";

/**
 * Why an invoice waits.
 */
export type WaitingReason = "held" | "its_turn" | "on_its_way" | "not_written" | "run_paused" | "not_reached" | "not_let_in" | "not_allowed" | "busy" | "daily_limit" | "answer_lost" | "interrupted" | "repeat_refused" | "repeat_not_reached" | "id_unknown";

/**
 * What the merchant can do about one that waits.
 */
export type WayOn = "undo" | "try_now" | "name_id" | "give_up";

/**
 * Money in one week.
 */
export type WeekView = { 
/**
 * ISO date of its Monday.
 */
monday: string, 
/**
 * ISO week number.
 */
week: number, 
/**
 * Paid in it.
 */
paid: MoneyView, 
/**
 * Due in it and not paid.
 */
expected: MoneyView, };

/**
 * Whether the window is in front.
 */
export type WindowFocus = { 
/**
 * It has the focus, so that somebody may be looking.
 */
inFront: boolean, };

/**
 * The three worlds, which never mix.
 */
export type World = "practice" | "sandbox" | "production";

/**
 * What can be wrong with an id that was typed in. Who the customer is cannot be compared: the service never tells it (spec
 * 10.2).
 */
export type WrongId = "unreadable" | "not_known" | "used" | "other_merchant" | "other_issuer" | "other_number" | "other_amount" | "other_due_date";

/** Every command: what it takes and gives. */
export interface Commands {
  /** What the window asks first. */
  app_show: { input: Nothing; output: AppView };
  /** Tells whether the window is in front; what is followed is then asked for sooner. */
  window_focus: { input: WindowFocus; output: Nothing };
  /** Saves language, theme and text size. */
  settings_save: { input: SettingsView; output: SettingsView };
  /** The merchant has read that the practice world began anew. */
  practice_seen: { input: Nothing; output: Nothing };
  /** Adds a connection; its secrets go to the keychain. */
  connection_add: { input: ConnectionForm; output: ConnectionView };
  /** Changes a connection; what was never shown stays unless it is typed again. */
  connection_change: { input: ConnectionChange; output: ConnectionView };
  /** Tries out a connection piece by piece. */
  connection_check: { input: ConnectionCheck; output: ConnectionChecked };
  /** Says whether an answer can come back by a return address. */
  return_address_check: { input: ReturnAddress; output: Nothing };
  /** The connection that was begun and is not whole yet, if there is one. */
  unfinished_show: { input: Nothing; output: Unfinished };
  /** Keeps what was typed of a connection that is not whole yet, or forgets it. */
  unfinished_keep: { input: Unfinished; output: Nothing };
  /** Opens another connection. */
  connection_choose: { input: ConnectionRef; output: ConnectionStatus };
  /** Removes a connection and its secrets; its books stay on disk. */
  connection_remove: { input: ConnectionRef; output: AppView };
  /** How things stand with the current connection. */
  connection_show: { input: Nothing; output: ConnectionStatus };
  /** Keeps secrets in memory for this run, when there is no keychain. */
  keychain_forgo: { input: Nothing; output: ConnectionStatus };
  /** Begins a sign-in and opens the browser. */
  signin_begin: { input: SigninBegin; output: SigninView };
  /** Opens the browser again for the sign-in in progress. */
  signin_reopen: { input: Nothing; output: SigninView };
  /** Hands over an address copied from the browser; answers when the sign-in has ended. */
  signin_paste: { input: SigninPaste; output: ConnectionStatus };
  /** Gives up the sign-in in progress. */
  signin_cancel: { input: Nothing; output: Nothing };
  /** Signs out: deletes the tokens of the current connection. */
  session_end: { input: Nothing; output: ConnectionStatus };
  /** Opens a portal of MobilePay's in the browser. */
  portal_open: { input: PortalPage; output: Opened };
  /** Opens a letter in the merchant's mail program. */
  letter_open: { input: Letter; output: Opened };
  /** Saves the return page, to be put on the merchant's own web site. */
  return_page_save: { input: Nothing; output: SavedFile };
  /** How things stand with callbacks. */
  callbacks_show: { input: Nothing; output: CallbacksView };
  /** Turns the callbacks receiver on this computer on or off. */
  callbacks_receiver: { input: ReceiverForm; output: CallbacksChanged };
  /** Tells MobilePay where callbacks go; the secret goes to the keychain. */
  callbacks_set: { input: CallbacksForm; output: CallbacksChanged };
  /** Events of invoices that are not in these books. */
  callbacks_strays: { input: Nothing; output: StrayList };
  /** Saves the business and its defaults. */
  business_save: { input: BusinessChange; output: BusinessSaved };
  /** Finds customers. */
  customer_list: { input: CustomerQuery; output: CustomerList };
  /** Saves a customer, or says what is wrong. */
  customer_save: { input: CustomerForm; output: CustomerSaved };
  /** Takes a customer out of the list; invoices keep what they said. */
  customer_remove: { input: CustomerRef; output: Nothing };
  /** A page of consents to be sent invoices by phone. */
  consent_list: { input: ConsentQuery; output: ConsentList };
  /** Links with which a customer can still be asked. */
  consent_links: { input: Nothing; output: ConsentLinks };
  /** Asks the payer of a link for consent. */
  consent_ask: { input: InvoiceRef; output: ConsentView };
  /** Looks at MobilePay for all answers now. */
  consent_refresh: { input: Nothing; output: Nothing };
  /** Makes the number of a granted consent a customer's usual way. */
  consent_use: { input: ConsentUse; output: ConsentView };
  /** Begins a draft. */
  draft_create: { input: DraftCreate; output: DraftView };
  /** One draft. */
  draft_show: { input: DraftRef; output: DraftView };
  /** All drafts. */
  draft_list: { input: Nothing; output: DraftList };
  /** Saves a draft and reads it. */
  draft_save: { input: DraftSave; output: DraftView };
  /** Throws a draft away. */
  draft_discard: { input: DraftRef; output: Nothing };
  /** The paper of a draft as saved. */
  draft_paper: { input: DraftPaper; output: PaperView };
  /** Numbers, freezes and queues a draft, held for five seconds. */
  draft_send: { input: DraftSend; output: InvoiceView };
  /** A page of invoices. */
  invoice_list: { input: InvoiceQuery; output: InvoiceList };
  /** One invoice, whole. */
  invoice_show: { input: InvoiceRef; output: InvoiceView };
  /** The paper of an invoice. */
  invoice_paper: { input: InvoicePaper; output: PaperView };
  /** Saves the paper as PDF in the user's documents. */
  invoice_save_pdf: { input: InvoicePaper; output: SavedFile };
  /** Takes a held invoice back into a draft. */
  invoice_undo: { input: InvoiceRef; output: DraftView };
  /** Cancels an invoice at MobilePay; the customer is not told. */
  invoice_cancel: { input: InvoiceRef; output: InvoiceView };
  /** Asks MobilePay for its state now. */
  invoice_refresh: { input: InvoiceRef; output: InvoiceView };
  /** A page of what waits in the outbox, and why. */
  outbox_list: { input: OutboxQuery; output: OutboxPage };
  /** Lets one that waits go out now, or as soon as it is safe. */
  outbox_try_now: { input: InvoiceRef; output: TriedNow };
  /** Lets everything that waits go out now, or as soon as it is safe. */
  outbox_try_all: { input: Nothing; output: TriedNow };
  /** Settles a doubt by an id of MobilePay's, once its details say that it is this invoice. */
  outbox_name_id: { input: NamedId; output: IdNamed };
  /** Gives up a link in doubt, which nobody has, for a new draft. */
  outbox_give_up: { input: InvoiceRef; output: GivenUp };
  /** Begins to take in a file of many invoices; the one before it is forgotten. */
  import_begin: { input: ImportBegin; output: ImportRef };
  /** Takes the next piece of the file. */
  import_piece: { input: ImportPiece; output: Nothing };
  /** Reads the file whole. */
  import_read: { input: ImportRef; output: ImportView };
  /** Looks at the file again, with its columns meaning something else. */
  import_look: { input: ImportColumns; output: ImportFound };
  /** Makes a run of the file as the merchant says it is meant; nothing is sent. */
  import_keep: { input: ImportPlan; output: RunView };
  /** Saves a file to begin with. */
  import_template_save: { input: ImportTemplate; output: SavedFile };
  /** Runs of many at once, newest first. */
  run_list: { input: Nothing; output: RunList };
  /** One run: how far it is, and what could be sent now. */
  run_show: { input: RunRef; output: RunView };
  /** A page of the rows of a run. */
  run_rows: { input: RunRowsQuery; output: RunRows };
  /** One row with every box. */
  run_row_show: { input: RunRowRef; output: RunRowOpened };
  /** Corrects a row that was not sent, or that MobilePay refused. */
  run_row_save: { input: RunRowSave; output: RunRowOpened };
  /** The paper of a row. */
  run_row_paper: { input: RunRowPaper; output: PaperView };
  /** Numbers, freezes and queues what was shown, held for five seconds. */
  run_send: { input: RunSend; output: RunView };
  /** Holds back what has not gone out. */
  run_pause: { input: RunRef; output: RunView };
  /** Lets a paused run go on. */
  run_resume: { input: RunRef; output: RunView };
  /** Takes back what never left this computer. */
  run_stop: { input: RunRef; output: RunView };
  /** Tries what did not get through again now, and nothing else. */
  run_retry: { input: RunRef; output: RunView };
  /** Forgets a run of which nothing was sent. */
  run_discard: { input: RunRef; output: Nothing };
  /** The number series and its gaps. */
  number_report: { input: Nothing; output: NumberReport };
  /** The first page. */
  overview_show: { input: Nothing; output: OverviewView };
  /** Saves the invoices of a list as a file in the user's documents. */
  invoice_export: { input: InvoiceExport; output: SavedFile };
  /** Paid invoices against what MobilePay reported, as far as it was fetched. */
  reconciliation_show: { input: ReconciliationQuery; output: ReconciliationView };
  /** Asks MobilePay for the payments and payouts of some days. */
  reconciliation_fetch: { input: Days; output: ReconciliationFetched };
  /** Saves a reconciliation as a file in the user's documents. */
  reconciliation_export: { input: ReconciliationExport; output: SavedFile };
  /** The time of trade (practice). */
  clock_show: { input: Nothing; output: ClockView };
  /** Moves the time of trade forward (practice). */
  clock_move: { input: ClockMove; output: ClockView };
  /** The customer's phone (practice and sandbox). */
  phone_show: { input: PhoneQuery; output: PhoneView };
  /** Pays a bill on the phone, now or on a day. */
  phone_pay: { input: PhonePay; output: PhoneAnswer };
  /** Declines a bill on the phone. */
  phone_reject: { input: PhoneReject; output: PhoneAnswer };
  /** Answers on the phone whether invoices may come straight to it, or takes that back. */
  phone_consent: { input: PhoneConsent; output: PhoneAnswer };
}
