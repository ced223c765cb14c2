/** Which items a request's parameters let through. A parameter that is absent lets every item through. */
import type { EventResource, PageResource, VisitResource } from '../../../model/index.js';
import type { Parameters } from './parameters.js';

type Test<Item> = (item: Item) => boolean;

function equals(value: string, wanted: string | undefined): boolean {
  return wanted === undefined || value === wanted;
}

/** `category` holds names joined with `;`. */
function hasCategory(category: string, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === 'all categories' || category.split(';').includes(wanted);
}

function isYoung(date: number, age: number | undefined, nowMs: number): boolean {
  return age === undefined || date >= nowMs - age * 1_000;
}

export function eventTest(query: Parameters<'eventsOfVisit'>, nowMs: number): Test<EventResource> {
  return (event) =>
    isYoung(event.timestamp, query.age, nowMs) &&
    equals(event.eventName, query.eventName) &&
    equals(event.eventType, query.eventType) &&
    equals(event.url, query.url) &&
    equals(event.pageId, query.browserPageID) &&
    hasCategory(event.category, query.category);
}

export function pageTest(query: Parameters<'pages'>, nowMs: number): Test<PageResource> {
  return (page) =>
    isYoung(page.startDate, query.age, nowMs) &&
    equals(page.url, query.url) &&
    equals(page.title, query.title) &&
    hasCategory(page.category, query.category);
}

export function visitTest(query: Parameters<'visitsOfIdentity'>, nowMs: number): Test<VisitResource> {
  return (visit) =>
    isYoung(visit.startDate, query.age, nowMs) &&
    equals(visit.globalVisitID, query.globalVisitID) &&
    equals(visit.userAgentId ?? '', query.userAgent);
}
