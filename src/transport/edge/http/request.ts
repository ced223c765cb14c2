/** A request as handlers see it: copies of what they said they read, parsed when first asked for. */
import type { EdgeRequest } from '../options.js';
import type { Exchange } from '../wire/wire.js';
import { parseForwardedFor } from './forwarded.js';
import type { Gate } from './gate.js';

const noBody = Buffer.alloc(0);
const forwardedForHeader = 'x-forwarded-for';

export class CopiedRequest implements EdgeRequest {
  readonly method: string;
  readonly path: string;
  readonly queryText: string;
  body: Buffer = noBody;
  readonly #exchange: Exchange;
  readonly #gate: Gate;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #params: Readonly<Record<string, string>>;
  #query: Map<string, string> | null = null;
  #cookies: Map<string, string> | null = null;
  #peer: string | null = null;

  constructor(
    exchange: Exchange,
    about: {
      method: string;
      path: string;
      headers: Readonly<Record<string, string>>;
      params: Readonly<Record<string, string>>;
      gate: Gate;
    },
  ) {
    this.#exchange = exchange;
    this.method = about.method;
    this.path = about.path;
    this.queryText = exchange.queryText();
    this.#headers = about.headers;
    this.#params = about.params;
    this.#gate = about.gate;
  }

  query(name: string): string | undefined {
    this.#query ??= parseQuery(this.queryText);
    return this.#query.get(name);
  }

  param(name: string): string | undefined {
    const value = this.#params[name];
    return value === undefined ? undefined : decoded(value);
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return value === '' ? undefined : value;
  }

  cookie(name: string): string | undefined {
    this.#cookies ??= parseCookies(this.#headers.cookie ?? '');
    return this.#cookies.get(name);
  }

  get peerAddress(): string {
    this.#peer ??= this.#exchange.peerAddress();
    return this.#peer;
  }

  get forwardedFor(): readonly string[] {
    if (!this.#gate.isProxy(this.peerAddress)) return [];
    return parseForwardedFor(this.#headers[forwardedForHeader] ?? '');
  }

  get isSecure(): boolean {
    if (this.#gate.isTls) return true;
    return this.#headers['x-forwarded-proto'] === 'https' && this.#gate.isProxy(this.peerAddress);
  }

  get remoteAddress(): string {
    return this.#gate.hasProxies
      ? this.#gate.clientOf(this.peerAddress, this.forwardedFor)
      : this.peerAddress;
  }
}

/** With all headers copied: for everything that is not hot. */
export function copyRequest(exchange: Exchange, gate: Gate): CopiedRequest & { all: Record<string, string> } {
  const headers = exchange.headers();
  return Object.assign(copyWith(exchange, gate, headers), { all: headers });
}

/** With the headers of `names` alone, and without parameters. */
export function copyNamed(exchange: Exchange, gate: Gate, names: readonly string[]): CopiedRequest {
  return copyWith(exchange, gate, copyHeaders(exchange, names));
}

function copyWith(exchange: Exchange, gate: Gate, headers: Record<string, string>): CopiedRequest {
  const [method, path] = [exchange.method(), exchange.path()];
  return new CopiedRequest(exchange, { method, path, headers, params: nothing, gate });
}

/** No headers, no parameters: one for all requests. */
export const nothing: Readonly<Record<string, string>> = {};

export function copyHeaders(exchange: Exchange, names: readonly string[]): Record<string, string> {
  if (names.length === 0) return nothing;
  const headers: Record<string, string> = {};
  for (const name of names) headers[name] = exchange.header(name);
  return headers;
}

const fieldsMax = 200;

/** The first value of each name counts. Undecodable escapes stay as they came. */
export function parseQuery(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  if (text === '') return fields;
  for (const part of text.split('&', fieldsMax)) {
    const mark = part.indexOf('=');
    const name = decoded((mark < 0 ? part : part.slice(0, mark)).replaceAll('+', ' '));
    if (name === '' || fields.has(name)) continue;
    fields.set(name, mark < 0 ? '' : decoded(part.slice(mark + 1).replaceAll('+', ' ')));
  }
  return fields;
}

export function parseCookies(text: string): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const part of text.split(';', fieldsMax)) {
    const mark = part.indexOf('=');
    if (mark < 0) continue;
    const name = part.slice(0, mark).trim();
    const value = part.slice(mark + 1).trim();
    const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
    if (!cookies.has(name)) cookies.set(name, decoded(isQuoted ? value.slice(1, -1) : value));
  }
  return cookies;
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
