/** One request of the History REST API as its answer sees it, and the form of a route. */
import type { Static, TObject, TSchema } from 'typebox';
import type { OperationalStore } from '../../../stores/index.js';
import { bodies, parameters } from './parameters.js';
import type { HistoryReader } from './reader.js';

export interface Call<Query = unknown, Body = unknown> {
  /** The id in the path; empty when there is none. */
  id: string;
  query: Query;
  body: Body;
  store: OperationalStore;
  reader: HistoryReader;
  nowMs: number;
  /** Waits, for a while, until what is on its way to the store of one visit, or of all, has been written. */
  settled(visitId?: string): Promise<void>;
  /** There is more: the answer says where by a `Link` header to itself with this `after`. */
  goOnAfter(after: string | number): void;
}

export interface Route {
  method: 'GET' | 'POST';
  path: string;
  summary: string;
  query: TObject;
  body: TSchema | undefined;
  answered: TSchema;
  answer: (call: Call<never, never>) => Promise<unknown>;
}

interface RouteOptions {
  summary: string;
  answered: TSchema;
}

type Queries = typeof parameters;
type Bodies = typeof bodies;

export function get<Name extends keyof Queries>(
  path: string,
  query: Name,
  options: RouteOptions,
  answer: (call: Call<Static<Queries[Name]>>) => Promise<unknown>,
): Route {
  return { method: 'GET', path, query: parameters[query], body: undefined, answer, ...options };
}

export function post<Name extends keyof Bodies>(
  path: string,
  body: Name,
  options: RouteOptions,
  answer: (call: Call<unknown, Static<Bodies[Name]>>) => Promise<unknown>,
): Route {
  return { method: 'POST', path, query: parameters.none, body: bodies[body], answer, ...options };
}
