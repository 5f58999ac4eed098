/** Connections: which there are, opening one, adding and removing one, signing out. */
import type { Call } from '../../bridge';
import { refusalFrom } from '../../bridge';
import type { ConnectionForm, Refusal } from '../../bridge/generated';

/** A form in which nothing was typed. */
export function emptyForm(): ConnectionForm {
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
  };
}

export class Connections {
  failure = $state.raw<Refusal | null>(null);
  busy = $state(false);
  /** The new connection, while it is being written. */
  form = $state<ConnectionForm | null>(null);
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  choose(id: string): Promise<boolean> {
    return this.#do(() => this.#call('connection_choose', { id }));
  }

  remove(id: string): Promise<boolean> {
    return this.#do(() => this.#call('connection_remove', { id }));
  }

  signOut(): Promise<boolean> {
    return this.#do(() => this.#call('session_end', {}));
  }

  /** Adds the connection that was written. The secrets leave the page at once. */
  async add(): Promise<boolean> {
    const form = this.form;
    if (!form) return false;
    const added = await this.#do(() => {
      const { merchantVat, discoveryUrl, issuer, apiBaseUrl, ...whole } = $state.snapshot(form);
      const optional = { merchantVat, discoveryUrl, issuer, apiBaseUrl };
      const given = Object.fromEntries(Object.entries(optional).filter(([, text]) => text?.trim()));
      return this.#call('connection_add', { ...whole, ...given });
    });
    if (added) this.form = null;
    return added;
  }

  async #do(act: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.failure = null;
    try {
      await act();
      return true;
    } catch (error) {
      this.failure = refusalFrom(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
