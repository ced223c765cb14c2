/** What the six system events change in a visit: its pages, its identities, its user data. */
import { identityIdIn, type Settings, type VisitorEvent, type VisitScope } from '../../model/index.js';
import { chatAddress, type Effect, engagementAddress } from '../protocol/index.js';
import { type OpenPage, type VisitState, visitBounds } from './state.js';
import { copyFields } from './user-data.js';

export function applySystemEvent(
  visit: VisitState,
  event: VisitorEvent,
  settings: Settings,
  effects: Effect[],
): void {
  switch (event.eventName) {
    case 'VisitStarted':
      copyFields(settings.userData.VisitStarted, event.data, visit.userFields);
      return;
    case 'PageEntered':
      enterPage(visit, event, effects);
      return;
    case 'PageExited':
      exitPage(visit, event.pageID, event.timestamp, effects);
      return;
    case 'SignIn':
      copyFields(settings.userData.SignIn, event.data, visit.userFields);
      attachIdentity(visit, event, 'Authenticated', effects);
      return;
    case 'UserInfo':
      copyFields(settings.userData.UserInfo, event.data, visit.userFields);
      attachIdentity(visit, event, 'Recognized', effects);
      return;
    case 'SignOut':
      signOut(visit, event, effects);
      return;
    default:
  }
}

function enterPage(visit: VisitState, event: VisitorEvent, effects: Effect[]): void {
  const { pageID, url, category, timestamp } = event;
  if (visit.openPages.some((page) => page.pageID === pageID)) return;
  const title = typeof event.data.title === 'string' ? event.data.title : '';
  const page: OpenPage = { pageID, url, title, category, startDate: timestamp };
  visit.openPages.push(page);
  keepPage(visit, page, 0, effects);
  if (visit.openPages.length === 1) tellChats(visit, 'visitorBack', effects);
  const oldest = visit.openPages.length > visitBounds.openPagesMax ? visit.openPages[0] : undefined;
  if (oldest !== undefined) exitPage(visit, oldest.pageID, timestamp, effects);
}

function exitPage(visit: VisitState, pageID: string, at: number, effects: Effect[]): void {
  const page = visit.openPages.find((open) => open.pageID === pageID);
  if (page === undefined) return;
  visit.openPages = visit.openPages.filter((open) => open !== page);
  keepPage(visit, page, Math.max(at, page.startDate), effects);
  for (const interactionId of visit.openEngagements) {
    const to = engagementAddress(visit.visitID, interactionId);
    effects.push({ kind: 'tell', to, input: { kind: 'pageLeft', pageID } });
  }
  if (visit.openPages.length === 0) tellChats(visit, 'visitorAway', effects);
}

function keepPage(visit: VisitState, page: OpenPage, endDate: number, effects: Effect[]): void {
  const { pageID, url, title, category, startDate } = page;
  const value = { pageId: pageID, visitId: visit.visitID, url, title, category, startDate, endDate };
  effects.push({ kind: 'persist', row: { entity: 'page', value } });
}

/** An engagement's chat carries its id; one that has not come to a chat yet has nobody to tell. */
function tellChats(visit: VisitState, kind: 'visitorAway' | 'visitorBack', effects: Effect[]): void {
  for (const id of visit.openEngagements) {
    effects.push({ kind: 'tell', to: chatAddress(visit.visitID, id), input: { kind } });
  }
}

function attachIdentity(visit: VisitState, event: VisitorEvent, scope: VisitScope, effects: Effect[]): void {
  const identityId = identityIdIn(event.data);
  if (identityId === undefined) return;
  const known = visit.identities.find((identity) => identity.identityId === identityId);
  // A profile update does not sign a signed-in person out.
  const nextScope = known?.scope === 'Authenticated' ? 'Authenticated' : scope;
  if (known === undefined) {
    visit.identities.push({ identityId, scope: nextScope });
    if (visit.identities.length > visitBounds.identitiesMax) visit.identities.shift();
  } else known.scope = nextScope;
  const { name, location } = event.data;
  const value = { identityId, name: textOrNull(name), location: textOrNull(location), entityInCS: null };
  effects.push({ kind: 'persist', row: { entity: 'identity', value } });
  keepIdentity(visit, identityId, nextScope, event.timestamp, effects);
}

function signOut(visit: VisitState, event: VisitorEvent, effects: Effect[]): void {
  const named = identityIdIn(event.data);
  for (const identity of visit.identities) {
    if (identity.scope !== 'Authenticated' || (named !== undefined && named !== identity.identityId))
      continue;
    identity.scope = 'Recognized';
    keepIdentity(visit, identity.identityId, 'Recognized', event.timestamp, effects);
  }
}

function keepIdentity(
  visit: VisitState,
  identityId: string,
  visitScope: VisitScope,
  at: number,
  effects: Effect[],
): void {
  const value = { visitId: visit.visitID, identityId, visitScope, at };
  effects.push({ kind: 'persist', row: { entity: 'visitIdentity', value } });
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, 256) : null;
}
