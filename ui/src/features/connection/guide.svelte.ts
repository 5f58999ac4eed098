/**
 * Connecting MobilePay, step by step in the order of its onboarding (spec 2.1): what is typed, what is still needed, what a
 * check found. Secrets leave with the command that keeps them and are not kept here afterwards.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { CheckedPiece, ConnectionForm, ConnectionView, Refusal, UnfinishedForm } from '../../bridge/generated';

export const STEPS = ['world', 'app', 'oauth', 'back', 'check'] as const;
export type Step = (typeof STEPS)[number];
export type Box = keyof ConnectionForm;

/** The fixed address on this computer (spec 6.11). */
export const HERE = 'http://127.0.0.1:7890/';

/** How a return address stands: `wrong` is none, `world` lies under another world's path, `query` has something after it. */
export type Address = 'empty' | 'good' | 'wrong' | 'world' | 'query';

/** Which boxes each step asks for, and which of them may stay empty. */
const BOXES: Record<Step, readonly Box[]> = {
  world: ['name', 'world', 'merchantVat', 'firstNumber', 'discoveryUrl', 'issuer', 'apiBaseUrl'],
  app: ['gatewayId', 'gatewaySecret'],
  oauth: ['clientId', 'clientSecret'],
  back: ['redirectUri'],
  check: [],
};
const OPTIONAL: ReadonlySet<Box> = new Set<Box>(['merchantVat', 'firstNumber', 'discoveryUrl', 'issuer', 'apiBaseUrl']);
/** Never shown again, so an empty box means: as it is. */
const KEPT: ReadonlySet<Box> = new Set<Box>(['gatewayId', 'gatewaySecret', 'clientSecret']);

export class Guide {
  form = $state<ConnectionForm>(emptyForm());
  step = $state<Step>('world');
  /** The box that is wrong, as the core or the step says. */
  wrong = $state<Box | null>(null);
  failure = $state.raw<Refusal | null>(null);
  pieces = $state.raw<CheckedPiece[] | null>(null);
  busy = $state(false);
  address = $state<Address>('empty');
  /** What was typed another time is here again. */
  resumed = $state(false);
  /** The first number is one that the books of this connection, which are still here, have given already. */
  taken = $state(false);
  /** Saved, and nobody is signed in with it: a new connection, or one whose sign-in was another merchant's. */
  signInFollows = false;
  readonly #call: Call;
  readonly #id: string | null;
  /** A new connection that is kept already but could not be opened: it is not added twice. */
  #added: string | null = null;
  #asked = 0;

  constructor(call: Call, change: ConnectionView | null = null) {
    this.#call = call;
    this.#id = change?.id ?? null;
    if (change) this.form = formOf(change);
  }

  /** Whether a connection is being changed rather than made. */
  get isChange(): boolean {
    return this.#id !== null;
  }

  /** The scopes that signing in asks for, as the letter names them. */
  get scopes(): string {
    return ['openid', 'invoice', 'offline_access', ...(this.form.transactions ? ['transactionreporting'] : [])].join(', ');
  }

  get at(): number {
    return STEPS.indexOf(this.step);
  }

  /** Goes on if nothing of this step is missing, and an answer can come back by the return address. */
  async next(): Promise<void> {
    this.wrong = this.#missing(this.step);
    if (this.wrong === null && this.step === 'back' && !(await this.lookAtAddress())) this.wrong = 'redirectUri';
    if (this.wrong !== null) return;
    this.go(STEPS[Math.min(this.at + 1, STEPS.length - 1)] ?? 'check');
    await this.keep();
  }

  /** Asks the core how the return address stands, before anybody is written to. */
  async lookAtAddress(): Promise<boolean> {
    const asked = ++this.#asked;
    const { world, door = 'return_page', redirectUri } = this.form;
    const found = redirectUri.trim() ? await this.#addressOf({ world, door, address: redirectUri }) : 'empty';
    // The answer to what has been typed on since says nothing any more.
    if (asked === this.#asked) this.address = found;
    return asked === this.#asked && found === 'good';
  }

  /** What was typed another time, if the connection was not finished then. */
  async resume(): Promise<void> {
    if (this.isChange) return;
    const { form } = await this.#call('unfinished_show', {});
    if (!form) return;
    this.form = { ...this.form, ...form };
    this.resumed = true;
    this.step = STEPS.find((step) => this.#missing(step) !== null) ?? 'check';
  }

  /** Keeps what was typed until it is resumed; the secrets are not among it. */
  async keep(): Promise<void> {
    if (this.isChange || this.#added !== null) return;
    const form = unfinished(this.form);
    const begun = JSON.stringify(form) !== JSON.stringify(unfinished(emptyForm()));
    if (begun || this.resumed) await this.#call('unfinished_keep', { form: begun ? form : null });
  }

  /** Forgets what was typed. */
  async startAfresh(): Promise<void> {
    this.form = emptyForm();
    this.touched();
    this.go('world');
    await this.keep();
    this.resumed = false;
  }

  back(): void {
    this.go(STEPS[Math.max(this.at - 1, 0)] ?? 'world');
  }

  go(step: Step): void {
    this.step = step;
    this.wrong = null;
    this.failure = null;
  }

  /** What is found was found about what stood there then. */
  touched(): void {
    this.pieces = null;
    this.wrong = null;
  }

  check(): Promise<boolean> {
    return this.#do(async () => {
      this.pieces = null;
      const asked = this.#id === null ? { form: this.#filled() } : { form: this.#filled(), id: this.#id };
      this.pieces = (await this.#call('connection_check', asked)).pieces;
    });
  }

  /** Keeps the connection and opens it. */
  save(): Promise<boolean> {
    return this.#do(async () => {
      const id = await this.#put();
      const { session } = await this.#call('connection_choose', { id });
      this.signInFollows = session.state !== 'signed_in';
    });
  }

  /** Keeps a new connection for later: MobilePay has not confirmed everything yet. What is open stays open. */
  saveForLater(): Promise<boolean> {
    return this.#do(async () => void (await this.#put()));
  }

  /** Without a keychain: secrets last until the program ends. */
  forgoKeychain(): Promise<boolean> {
    return this.#do(async () => void (await this.#call('keychain_forgo', {})));
  }

  async #put(): Promise<string> {
    const known = this.#id ?? this.#added;
    const form = this.#filled();
    const { id } = known === null ? await this.#call('connection_add', form) : await this.#call('connection_change', { id: known, form });
    if (this.#id === null) this.#added = id;
    this.form = { ...this.form, clientSecret: '', gatewayId: '', gatewaySecret: '' };
    if (!this.isChange) await this.#call('unfinished_keep', { form: null });
    return id;
  }

  async #addressOf(asked: { world: ConnectionForm['world']; door: ConnectionForm['door']; address: string }): Promise<Address> {
    try {
      await this.#call('return_address_check', asked);
      return 'good';
    } catch (error) {
      const why = refusalFrom(error).detail?.split('.')[1];
      return why === 'world' || why === 'query' ? why : 'wrong';
    }
  }

  #missing(step: Step): Box | null {
    const needed = BOXES[step].filter((box) => !OPTIONAL.has(box) && !(this.isChange && KEPT.has(box)));
    return needed.find((box) => !String(this.form[box] ?? '').trim()) ?? null;
  }

  #filled(): ConnectionForm {
    const { merchantVat, firstNumber, discoveryUrl, issuer, apiBaseUrl, ...whole } = $state.snapshot(this.form);
    // In a change an address that is absent stays; one that was emptied becomes MobilePay's own.
    if (this.isChange) return { ...whole, merchantVat, discoveryUrl, issuer, apiBaseUrl };
    const given = Object.entries({ merchantVat, firstNumber, discoveryUrl, issuer, apiBaseUrl }).filter(([, text]) => text?.trim());
    return { ...whole, ...Object.fromEntries(given) };
  }

  async #do(act: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.failure = null;
    try {
      await act();
      return true;
    } catch (error) {
      this.#refused(refusalFrom(error));
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** A wrong box is shown where it stands. */
  #refused(failure: Refusal): void {
    const box = boxOf(failure);
    this.taken = failure.detail === 'first_number.taken';
    const step = box && STEPS.find((step) => BOXES[step].includes(box));
    if (step) this.go(step);
    else this.failure = failure;
    this.wrong = box;
  }
}

/** The refusal names the box in the core's way of writing. */
function boxOf(failure: Refusal): Box | null {
  if (failure.code !== 'connection_invalid' || !failure.detail) return null;
  const [name = ''] = failure.detail.split('.');
  const box = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as Box;
  return STEPS.some((step) => BOXES[step].includes(box)) ? box : null;
}

/** What may lie in a file: everything but secrets and the app's id. */
function unfinished(form: ConnectionForm): UnfinishedForm {
  const { name, world, country, clientId, redirectUri, door = 'return_page', discoveryUrl = '', issuer = '', apiBaseUrl = '', merchantVat = '', firstNumber = '' } = form;
  return { name, world, country, clientId, redirectUri, door, discoveryUrl, issuer, apiBaseUrl, merchantVat, firstNumber };
}

function emptyForm(): ConnectionForm {
  return {
    name: '',
    world: 'sandbox',
    country: 'DK',
    clientId: '',
    clientSecret: '',
    gatewayId: '',
    gatewaySecret: '',
    redirectUri: '',
    door: 'return_page',
    transactions: false,
  };
}

function formOf(view: ConnectionView): ConnectionForm {
  const { name, world, country, clientId, redirectUri, door, transactions, merchantVat, discoveryUrl, issuer, apiBaseUrl } = view;
  return { ...emptyForm(), name, world, country, clientId, redirectUri, door, transactions, merchantVat: merchantVat ?? '', discoveryUrl, issuer, apiBaseUrl };
}
