/**
 * Callbacks in the settings: the receiver on this computer, what MobilePay is asked to do, and the proof that it does.
 */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { CallbackKind, CallbacksChanged, CallbacksView, CallbackWrong, Event as CoreEvent, Refusal, StrayView } from '../../bridge/generated';

/** Which box what is wrong stands beside. */
const BESIDE: Record<CallbackWrong, 'port' | 'address' | 'username' | 'secret'> = {
  port_too_low: 'port',
  address_unreadable: 'address',
  address_not_https: 'address',
  username_bad: 'username',
  password_bad: 'secret',
  key_bad: 'secret',
  secret_missing: 'secret',
};

export class Callbacks {
  view = $state.raw<CallbacksView | null>(null);
  failure = $state.raw<Refusal | null>(null);
  wrong = $state<CallbackWrong | null>(null);
  busy = $state(false);
  /** Whether everything is shown, and not only what callbacks are. */
  unfolded = $state(false);
  /** Events of invoices that are not in these books; `null`: not looked at. */
  strays = $state.raw<StrayView[] | null>(null);

  port = $state('');
  address = $state('');
  kind = $state<CallbackKind>('basic');
  username = $state('');
  secret = $state('');
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  async read(): Promise<void> {
    try {
      const first = this.view === null;
      this.#take(await this.#call('callbacks_show', {}));
      const view = this.view;
      if (!first || !view) return;
      const terms = view.unclear.at(-1) ?? view.current;
      this.port = String(view.port);
      this.address = terms?.address ?? (view.near ? view.localAddress : '');
      this.kind = terms?.kind ?? 'basic';
      this.username = terms?.username ?? '';
      this.unfolded = view.wanted || terms !== null;
    } catch (error) {
      this.failure = refusalFrom(error);
    }
  }

  hear(event: CoreEvent): void {
    if (event.type === 'callbacks_changed' || event.type === 'everything_changed') void this.read();
  }

  /** Turns the receiver on, or off. */
  async listen(on: boolean): Promise<boolean> {
    const port = Number.parseInt(this.port, 10);
    if (on && (!(port > 0 && port < 65_536) || !/^\s*\d+\s*$/.test(this.port))) {
      this.wrong = 'port_too_low';
      return false;
    }
    const done = await this.#change(() => this.#call('callbacks_receiver', { on, port: on ? port : (this.view?.port ?? 0) }));
    // The practice world reaches this computer itself, so the address follows the port.
    if (done && this.view?.near && !this.view.current && this.view.unclear.length === 0) this.address = this.view.localAddress;
    return done;
  }

  /** Tells MobilePay. The secret is forgotten here at once. */
  async set(): Promise<boolean> {
    const { address, kind, username, secret } = this;
    const done = await this.#change(() => this.#call('callbacks_set', { address, kind, username, secret }));
    if (done) this.secret = '';
    else void this.read();
    return done;
  }

  async look(): Promise<void> {
    try {
      this.strays = (await this.#call('callbacks_strays', {})).strays;
    } catch (error) {
      this.failure = refusalFrom(error);
    }
  }

  /** The box that this stands beside has something wrong. */
  beside(box: 'port' | 'address' | 'username' | 'secret'): CallbackWrong | null {
    return this.wrong !== null && BESIDE[this.wrong] === box ? this.wrong : null;
  }

  async #change(change: () => Promise<CallbacksChanged>): Promise<boolean> {
    this.busy = true;
    this.wrong = null;
    this.failure = null;
    try {
      const changed = await change();
      this.#take(changed.callbacks);
      this.wrong = changed.wrong;
      return changed.wrong === null;
    } catch (error) {
      this.failure = refusalFrom(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #take(view: CallbacksView): void {
    if (this.strays && view.strays !== this.view?.strays) void this.look();
    this.view = view;
  }
}
