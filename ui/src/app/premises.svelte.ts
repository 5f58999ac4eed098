/**
 * What every page stands on: the program's settings, the connection that is open, and where in the window one is.
 *
 * Read once at the start and again when the core says that it changed.
 */
import type { Call } from '../bridge';
import { refusalFrom } from '../bridge';
import type { AppView, ConnectionStatus, Event as CoreEvent, Refusal, SettingsView } from '../bridge/generated';
import type { Route } from './routes';

export class Premises {
  app = $state.raw<AppView | null>(null);
  status = $state.raw<ConnectionStatus | null>(null);
  /** Why there is nothing to show at all. */
  failure = $state.raw<Refusal | null>(null);
  route = $state.raw<Route>({ page: 'overview' });
  /** Counts the journeys, so that a page that is opened anew begins anew. */
  journey = $state(0);
  /** The phone of the practice customer beside the page: of this number, or of anybody (`''`), or not at all (`null`). */
  phone = $state.raw<string | null>(null);
  /** Whether signing in is in front of the page. */
  signingIn = $state(false);

  readonly #call: Call;
  #latest = 0;
  #before: Route = { page: 'invoices' };

  constructor(call: Call) {
    this.#call = call;
  }

  /** Whether the world has phones to act on. */
  get hasPhones(): boolean {
    return this.status !== null && this.status.connection.world !== 'production';
  }

  /** How many invoices wait in connections that work beside the open one. */
  get waitingBeside(): number {
    return Object.values(this.app?.waitingBeside ?? {}).reduce((sum, count) => sum + count, 0);
  }

  go(route: Route): void {
    if (route.page === 'compose' && this.route.page !== 'compose') this.#before = this.route;
    this.route = route;
    this.journey += 1;
  }

  /** Back to where one was before writing an invoice. */
  leaveComposer(): void {
    this.go(this.#before);
  }

  /** Reads both. A later reading wins. */
  async read(): Promise<void> {
    this.#latest += 1;
    const mine = this.#latest;
    try {
      const [app, status] = await Promise.all([this.#call('app_show', {}), this.#call('connection_show', {})]);
      if (mine !== this.#latest) return;
      this.app = app;
      this.status = status;
      this.failure = null;
    } catch (error) {
      if (mine === this.#latest) this.failure = refusalFrom(error);
    }
  }

  /** Tries again to open the connection that was to be open. Answers why it still cannot be. */
  async openWanted(id: string): Promise<Refusal | null> {
    const refusal = await this.#call('connection_choose', { id }).then(() => null, refusalFrom);
    await this.read();
    return refusal;
  }

  /** The merchant has read that practice began anew. */
  async practiceSeen(): Promise<void> {
    try {
      await this.#call('practice_seen', {});
      await this.read();
    } catch (error) {
      this.failure = refusalFrom(error);
    }
  }

  hear(event: CoreEvent): void {
    // The outbox count is a part of the connection's state.
    const besides = ['callbacks_changed', 'consents_changed', 'customers_changed', 'drafts_changed'];
    if (!besides.includes(event.type)) void this.read();
  }

  /** Saves how the program looks; shown at once. */
  async save(settings: SettingsView): Promise<void> {
    if (!this.app) return;
    this.app = { ...this.app, settings };
    try {
      this.app = { ...this.app, settings: await this.#call('settings_save', settings) };
    } catch (error) {
      this.failure = refusalFrom(error);
    }
  }
}
