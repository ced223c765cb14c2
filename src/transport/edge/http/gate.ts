/**
 * Who a request comes from, and whether that address may ask more now. Forwarded addresses are believed as
 * far as the operator's own proxies wrote them. Callers on the machine itself are under no limits: they are
 * the operator's tools, or a proxy that nobody has named and whose visitors must not share one bucket.
 */
import { BlockList, isIP } from 'node:net';
import { isOwnMachine, AppError, TokenBuckets } from '../../../base/index.js';

export interface GateOptions {
  /** Addresses, `network/bits` ranges, or `loopback`, of the proxies in front of the port. */
  trustedProxies: readonly string[];
  /** Requests of one address per second, after a burst of ten seconds' worth; 0 for no limit. */
  addressRequestsPerSecond: number;
  /** WebSockets that one address may hold; 0 for no limit. */
  addressWebSocketsMax: number;
  /** What one address may hold of connections, and of requests under way and WebSockets; 0: no limit. */
  addressConnectionsMax: number;
  /** Whether the port itself speaks TLS. */
  isTls: boolean;
}

export interface Gate {
  /** Requests and WebSockets that had to be refused. */
  refused(): number;
  /** Whether forwarded addresses are read at all. */
  readonly hasProxies: boolean;
  readonly isTls: boolean;
  isProxy(address: string): boolean;
  /** The nearest address that is no trusted proxy. `forwardedFor` has the client's claim first. */
  clientOf(peer: string, forwardedFor: readonly string[]): string;
  /** Counts a request; false when the address has made too many. */
  admits(address: string): boolean;
  /** Whether the address may open one more WebSocket. */
  hasRoom(address: string): boolean;
  /** Counts a WebSocket until the returned function is called. */
  countWebSocket(address: string): () => void;
  /** Notes a request of a client until the returned function is called; undefined when it has too many. */
  hold(address: string): (() => void) | undefined;
  /** The same for a connection of a peer, in books of its own. A proxy's are those of all its clients. */
  holdConnection(peer: string): (() => void) | undefined;
}

const burstSeconds = 10;
/** Addresses whose rate is remembered. */
const addressesMax = 50_000;

/** Throws BAD_REQUEST for a proxy that is no address. */
export function createGate(options: GateOptions): Gate {
  const { trustedProxies, addressRequestsPerSecond, addressWebSocketsMax, addressConnectionsMax } = options;
  const proxies = blockListOf(trustedProxies);
  const hasProxies = trustedProxies.length > 0;
  const isProxy = (address: string): boolean => hasProxies && covers(proxies, address);
  const rates =
    addressRequestsPerSecond > 0
      ? new TokenBuckets({
          perSecond: addressRequestsPerSecond,
          burst: addressRequestsPerSecond * burstSeconds,
          keysMax: addressesMax,
        })
      : undefined;
  const webSockets = new Counts(addressWebSocketsMax);
  const requests = new Counts(addressConnectionsMax);
  const connections = new Counts(addressConnectionsMax);

  let refused = 0;
  function counted(isTaken: boolean): boolean {
    if (!isTaken) refused += 1;
    return isTaken;
  }

  return {
    refused: () => refused,
    hasProxies,
    isTls: options.isTls,
    isProxy,
    clientOf(peer, forwardedFor) {
      let client = peer;
      for (let index = forwardedFor.length - 1; index >= 0 && isProxy(client); index--) {
        client = forwardedFor[index] ?? client;
      }
      return client;
    },
    admits(address) {
      if (rates === undefined || isOwnMachine(address)) return true;
      return counted(rates.take(limitKey(address), 1, performance.now()));
    },
    hasRoom: (address) => counted(webSockets.hasRoom(address) && requests.hasRoom(address)),
    countWebSocket(address) {
      const release = webSockets.add(address);
      const releaseRequest = requests.add(address);
      return () => {
        release();
        releaseRequest();
      };
    },
    hold: (address) => (counted(requests.hasRoom(address)) ? requests.add(address) : undefined),
    holdConnection(peer) {
      if (isProxy(peer)) return nothingToCount;
      return connections.hasRoom(peer) ? connections.add(peer) : undefined;
    },
  };
}

/** How many of something each address has. Callers on the machine itself are not counted. */
class Counts {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  #isFree(address: string): boolean {
    return this.#max === 0 || isOwnMachine(address);
  }

  hasRoom(address: string): boolean {
    return this.#isFree(address) || (this.#counts.get(limitKey(address)) ?? 0) < this.#max;
  }

  /** Counts one until the returned function is called. */
  add(address: string): () => void {
    if (this.#isFree(address)) return nothingToCount;
    const key = limitKey(address);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    return () => {
      const left = (this.#counts.get(key) ?? 1) - 1;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    };
  }
}

const nothingToCount = (): void => undefined;

/** A provider gives each customer a whole /64 of IPv6, so that is what counts as one address. */
function limitKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  return [...groups, ...new Array<string>(Math.max(0, missing)).fill('0')].slice(0, 4).join(':');
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    if (range === 'loopback') {
      list.addSubnet('127.0.0.0', 8, 'ipv4');
      list.addAddress('::1', 'ipv6');
    } else addRange(list, range);
  }
  return list;
}

function addRange(list: BlockList, range: string): void {
  const [address = '', bits] = range.split('/');
  const family = familyOf(address);
  const size = bits === undefined ? 0 : Number(bits);
  const isRange = Number.isInteger(size) && size >= 0 && size <= (family === 'ipv4' ? 32 : 128);
  if (family === undefined || !isRange) {
    throw new AppError(
      'BAD_REQUEST',
      `a trusted proxy must be an address or a range of addresses, not ${range}`,
    );
  }
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, size, family);
}

function covers(list: BlockList, address: string): boolean {
  const family = familyOf(address);
  return family !== undefined && list.check(address, family);
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6';
}
