/** A store with visits of known behaviour, for what reads it. */
import { encodeEvents, type VisitorEvent } from '../../../src/model/index.js';
import { openEmbeddedStore, type Row } from '../../../src/stores/index.js';

export const draft = `package com.example.shop
declare Event @role( event ) @timestamp( timestamp ) end

rule "wants help"
when
  $e : Event( eventName == "WantsHelp" )
then
  emitActionable( $e, "wants help" );
end

rule "silent"
when
  $e : Event( eventName == "AddToCart" )
  not Event( eventName == "Checkout", this after[0s,10m] $e )
then
  emitActionable( $e, "silent" );
end

rule "never"
when
  $e : Event( eventName == "NoSuchEvent" )
then
  emitActionable( $e, "never" );
end
`;

/** The first visit's start, at a full hour; the next ones begin a minute apart. */
export const startMs = Date.UTC(2026, 2, 2, 8);

export interface StoredVisit {
  /** What happened, a second apart; `!rule` is a stored ACTIONABLE event of a live rule. */
  steps: readonly string[];
}

function eventsOf(visitID: string, firstMs: number, { steps }: StoredVisit): VisitorEvent[] {
  return steps.map((step, index) => ({
    eventType: step.startsWith('!') ? 'ACTIONABLE' : 'BUSINESS',
    eventName: step.replace('!', ''),
    eventID: `${visitID}E${index}`,
    pageID: 'P',
    visitID,
    globalVisitID: 'G',
    timestamp: firstMs + index * 1_000,
    category: '',
    url: 'https://www.example.com/',
    languageCode: 'en',
    data: step.startsWith('!') ? { rule: step.slice(1), package: 'com.example.live' } : {},
  }));
}

/** Writes `visits` to the store at `file`, in some segments each. */
export async function storeVisits(file: string, visits: readonly StoredVisit[]): Promise<void> {
  const store = await openEmbeddedStore({ file, retention: { all: 0 } });
  const rows: Row[] = [];
  visits.forEach((visit, number) => {
    const visitId = `V${String(number).padStart(6, '0')}`;
    const startDate = startMs + number * 60_000;
    const row = { visitId, startDate, endDate: 0, globalVisitID: 'G', userAgentId: null };
    rows.push({ entity: 'visit', value: row });
    const events = eventsOf(visitId, startDate, visit);
    for (let first = 0; first < events.length; first += 3) {
      const part = events.slice(first, first + 3);
      const bytes = encodeEvents(visitId, 'G', part);
      rows.push({ entity: 'events', value: { visitId, firstOrdinal: first, count: part.length, bytes } });
    }
  });
  for (let index = 0; index < rows.length; index += 2_000)
    await store.write(rows.slice(index, index + 2_000));
  await store.close();
}
