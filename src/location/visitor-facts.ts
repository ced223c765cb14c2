/**
 * What the server itself knows of a visitor, from the address alone, and adds to the event that begins the
 * visit (option section `privacy`): addresses, where they are to be kept, and one field of the place.
 */
import type { JsonObject } from '../base/index.js';
import type { CityDatabase } from './city-database.js';
import { type GeoMode, geoModes, placeIn } from './city-record.js';

/** Who sent a request, as the door sees it. */
export interface Sender {
  /** The address of the TCP peer. */
  readonly peerAddress: string;
  /** The client's address: the peer, or what trusted proxies say. */
  readonly remoteAddress: string;
  /** Addresses that a trusted proxy announced, the client's claim first. */
  readonly forwardedFor: readonly string[];
}

export interface VisitorFactsOptions {
  /** Whether `actualIP` is kept, the peer's address. */
  collectActualIPs: boolean;
  /** Whether `forwardedIPs` are kept, the client's address and those of the proxies after it. */
  collectForwardedIPs: boolean;
  geoMode: GeoMode;
  /** Undefined when addresses are not located. */
  cities: Pick<CityDatabase, 'find'> | undefined;
}

/** Fields of a VisitStarted event that are the server's alone. */
export const serverFields = ['actualIP', 'forwardedIPs', ...geoModes] as const;

/**
 * Gives a function that writes these fields into an event's `data`. What a browser says in them is removed,
 * also where nothing is collected: a rule may rely on them.
 */
export function createVisitorFacts(
  options: VisitorFactsOptions,
): (data: Readonly<JsonObject>, sender: Sender) => JsonObject {
  const { collectActualIPs, collectForwardedIPs, geoMode, cities } = options;
  return (data, sender) => {
    const facts: JsonObject = { ...data };
    for (const field of serverFields) delete facts[field];
    if (collectActualIPs) facts.actualIP = sender.peerAddress;
    const forwarded = collectForwardedIPs ? believedAddresses(sender) : [];
    if (forwarded.length > 0) facts.forwardedIPs = forwarded;
    const place = cities === undefined ? undefined : placeIn(cities.find(sender.remoteAddress), geoMode);
    if (place !== undefined) facts[geoMode] = place;
    return facts;
  };
}

/** From the client on: what stands before it came with the request, and anybody can write that. */
function believedAddresses({ forwardedFor, remoteAddress }: Sender): string[] {
  const start = forwardedFor.lastIndexOf(remoteAddress);
  return start < 0 ? [] : forwardedFor.slice(start);
}
