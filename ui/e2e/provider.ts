/**
 * MobilePay with marked secrets, which echoes what it was sent in everything that it answers, as a careless gateway or a
 * debugging proxy would. A real key, real HTTP; it shares no code with the program.
 */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const ISSUER = 'https://issuer.example/merchant';
const CLIENT = 'kvit.leaks';

const half = (text: string): string => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Status and body of an answer. */
type Answer = readonly [number, object | string];

export class Provider {
  /** Every secret there has been, with its name. */
  readonly secrets = new Map<string, string>();
  /** What the next creates, reads and token requests answer; then what they should. */
  readonly creates: number[] = [];
  readonly reads: number[] = [];
  readonly tokens: number[] = [];
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #server: Server;
  #nonce = '';

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(([status, body]) => {
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        response.writeHead(status, { 'content-type': 'application/json' }).end(status === 204 ? '' : text);
      });
    });
  }

  static async start(): Promise<Provider> {
    const provider = new Provider();
    await new Promise<void>((listening) => provider.#server.listen(0, '127.0.0.1', listening));
    return provider;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A new secret with every kind of character that an encoding might change. */
  issue(name: string): string {
    return this.#keep(name, `${name.replaceAll(' ', '-')}/+=${randomUUID()}&~%-${randomUUID()}`);
  }

  /** The form of a connection to this provider. */
  form() {
    return {
      name: 'Nordhavn Cykler',
      transactions: false,
      world: 'sandbox' as const,
      country: 'DK' as const,
      clientId: CLIENT,
      clientSecret: this.issue('client secret'),
      gatewayId: this.issue('gateway id'),
      gatewaySecret: this.issue('gateway secret'),
      redirectUri: 'https://shop.example/sandbox/return',
      door: 'return_page' as const,
      discoveryUrl: `${this.url}/account/.well-known/openid-configuration`,
      issuer: ISSUER,
      apiBaseUrl: `${this.url}/invoice-restapi`,
    };
  }

  /** The address at which the browser comes back after the merchant said yes. */
  addressFor(authorizeUrl: string): string {
    const asked = new URL(authorizeUrl).searchParams;
    const [state, code] = [asked.get('state')!, this.issue('code')];
    this.#keep('state', state);
    this.#nonce = this.#keep('nonce', asked.get('nonce')!);
    const answer = { code, id_token: this.#idToken('front', { c_hash: half(code) }), scope: asked.get('scope')!, state };
    return `https://shop.example/sandbox/return#${new URLSearchParams(answer)}`;
  }

  #keep(name: string, value: string): string {
    if (!this.secrets.has(value)) this.secrets.set(value, `${name} (${this.secrets.size})`);
    return value;
  }

  #idToken(which: string, further: object): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: ISSUER, sub: 'user-1', aud: CLIENT, iat: now, nbf: now, exp: now + 300, nonce: this.#nonce, ...further };
    const text = `${part({ alg: 'RS256', kid: 'first', typ: 'JWT' })}.${part(claims)}`;
    const signature = sign('RSA-SHA256', Buffer.from(text), this.#keys.privateKey).toString('base64url');
    this.#keep(`${which} ID token's claims`, part(claims));
    this.#keep(`${which} ID token's signature`, signature);
    return `${text}.${signature}`;
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    let sent = '';
    for await (const chunk of request) sent += String(chunk);
    const path = new URL(request.url!, this.url).pathname;
    if (path.endsWith('/openid-configuration')) return [200, this.#document()];
    if (path === '/jwks') return [200, { keys: [{ ...this.#keys.publicKey.export({ format: 'jwk' }), use: 'sig', kid: 'first', alg: 'RS256' }] }];
    return path === '/token' ? this.#token(sent) : this.#api(request, path);
  }

  #document(): object {
    const at = (path: string): string => `${this.url}${path}`;
    return { issuer: ISSUER, authorization_endpoint: at('/authorize'), token_endpoint: at('/token'), jwks_uri: at('/jwks') };
  }

  #token(sent: string): Answer {
    const form = Object.fromEntries(new URLSearchParams(sent));
    if (form.code_verifier) this.#keep('PKCE verifier', form.code_verifier);
    const status = this.tokens.shift() ?? 200;
    if (status !== 200) return [status, { error: form.client_secret, error_description: sent, form }];
    const access = this.issue('access token');
    const id_token = this.#idToken('back', { at_hash: half(access) });
    return [200, { id_token, access_token: access, refresh_token: this.issue('refresh token'), expires_in: 0, token_type: 'Bearer', form }];
  }

  #api({ headers, method }: IncomingMessage, path: string): Answer {
    const sent = `Authorization: ${headers.authorization}, id: ${headers['x-ibm-client-id']}, secret: ${headers['x-ibm-client-secret']}.`;
    const echo = { sent, base64: Buffer.from(sent).toString('base64'), form: encodeURIComponent(sent), bytes: [...Buffer.from(sent)] };
    const refused = (status: number): Answer => [
      status,
      { correlation_id: 'x', error: 'DomainError', error_code: '10201', error_description: `You sent ${sent}`, echo },
    ];
    const status = (method === 'POST' ? this.creates : this.reads).shift() ?? 200;
    if (status !== 200) return refused(status);
    const invoice = /\/invoices\/([0-9a-f-]{36})/.exec(path)?.[1];
    if (path.endsWith('/merchants/me')) return [200, { MerchantId: 'e3465d75-8fd4-4ea4-8881-304c464f1d24', echo }];
    if (path.endsWith('/invoiceissuers')) {
      const issuer = { Id: 'efd08c2f-6e56-4d1a-9d1c-07ab4b3a5b1e', Name: 'Nordhavn Cykler', Status: 'Enabled', AccountType: 'Account' };
      return [200, { InvoiceIssuers: [issuer], echo }];
    }
    if (method === 'POST') return [202, { InvoiceId: randomUUID(), Links: [{ Rel: 'user-redirect', Href: 'https://open.example/x' }], echo }];
    if (path.endsWith('/cancel')) return [204, ''];
    return invoice && method === 'GET' ? [200, { InvoiceId: invoice, Status: 'created', echo }] : refused(400);
  }
}
