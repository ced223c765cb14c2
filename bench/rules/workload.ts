/** A rule set of mixed families and a stream of visits that looks like a shop's, from a fixed seed. */
import type { VisitorEvent } from '../../src/model/index.js';

/** A small generator of repeatable numbers (xorshift32). */
export function seeded(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

const names = [
  'PageEntered',
  'PageExited',
  'SignIn',
  'AddToCart',
  'RemoveFromCart',
  'Search',
  'Click',
  'Timeout-30',
  'Scroll',
  'Video',
  'Download',
  'FormStarted',
];
const weights = [0.34, 0.2, 0.02, 0.04, 0.02, 0.06, 0.12, 0.05, 0.08, 0.02, 0.02, 0.03];
const words = ['loan', 'mortgage', 'car', 'shoes', 'rates', 'help', 'return', 'delivery', 'size', 'red'];

/** `count` rules, a fifth of each family. */
export function mixedPackage(count: number, categories: number): string {
  const lines = [
    'package com.example.bench;',
    'declare Event @role( event ) @timestamp( timestamp ) end',
    'declare Fired rule : String end',
  ];
  for (let index = 0; index < count; index++) {
    const name = `rule ${index}`;
    const a = `c${(index * 7) % categories}`;
    const b = `c${(index * 11 + 3) % categories}`;
    const word = words[index % words.length] ?? '';
    const body = [
      () => `$e : Event( eventName == "FormStarted", categories contains "${a}" )`,
      () =>
        `$a : Event( eventName == "PageEntered", categories contains "${a}" ) $e : ` +
        `Event( eventName == "AddToCart", categories contains "${b}", this after[0s,10m] $a )`,
      () =>
        `exists Event( eventName == "Search", categories contains "${a}" ) exists Event( ` +
        `eventName == "Download", categories contains "${b}" )`,
      () =>
        `accumulate( $e : Event( eventName == "Click", categories contains "${a}" ) over ` +
        `window:time( 60s ); $n : count( $e ); $n == 4 )`,
      () =>
        `$e : Event( eventName == "Search", categories contains "${b}", ` +
        `data["searchString"] contains "${word}" )`,
    ][index % 5]?.();
    const action =
      index % 5 === 2 || index % 5 === 3 ? `emitVisit( "${name}" );` : `emitActionable( $e, "${name}" );`;
    lines.push(`rule "${name}" when ${body ?? ''} then ${action} end`);
  }
  return lines.join('\n');
}

export interface VisitEvents {
  readonly visit: number;
  readonly ordinal: number;
  readonly event: VisitorEvent;
}

/** Events of `visits` visits, `perVisit` each, interleaved as they would arrive. */
export function* eventStream(
  visits: number,
  perVisit: number,
  categories: number,
  seed: number,
): Generator<VisitEvents> {
  const random = seeded(seed);
  const start = 1_700_000_000_000;
  for (let ordinal = 0; ordinal < perVisit; ordinal++) {
    for (let visit = 0; visit < visits; visit++) {
      const timestamp = start + ordinal * 8_000 + Math.floor(random() * 7_000);
      yield { visit, ordinal, event: makeEvent(random, visit, ordinal, timestamp, categories) };
    }
  }
}

function makeEvent(
  random: () => number,
  visit: number,
  ordinal: number,
  timestamp: number,
  categories: number,
): VisitorEvent {
  let pick = random();
  let at = 0;
  while (at < names.length - 1 && pick > (weights[at] ?? 0)) pick -= weights[at++] ?? 0;
  const eventName = names[at] ?? 'Click';
  const category = random() < 0.3 ? '' : oneOrTwo(random, categories);
  const data =
    eventName === 'Search'
      ? {
          searchString:
            `${words[Math.floor(random() * words.length)] ?? ''} ` +
            (words[Math.floor(random() * words.length)] ?? ''),
        }
      : {};
  return {
    eventType: 'BUSINESS',
    eventName,
    eventID: `E${visit}.${ordinal}`,
    pageID: `P${visit}`,
    visitID: `V${visit}`,
    globalVisitID: `G${visit}`,
    timestamp,
    category,
    url: `https://shop.example/${category}`,
    languageCode: 'en-US',
    data,
  };
}

/** One category, or now and then two. */
function oneOrTwo(random: () => number, categories: number): string {
  const one = `c${Math.floor(random() * categories)}`;
  return random() < 0.2 ? `${one};c${Math.floor(random() * categories)}` : one;
}
