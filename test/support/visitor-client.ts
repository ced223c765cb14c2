/** A visitor without a browser: the HTTP requests that a tracker makes. */
import { randomBytes } from 'node:crypto';
import type { VisitorEvent } from '../../src/model/index.js';

export function mintId(): string {
  return randomBytes(16).toString('hex').toUpperCase();
}

export interface VisitorClient {
  readonly visitID: string;
  readonly globalVisitID: string;
  readonly pageID: string;
  event(eventName: string, more?: Partial<VisitorEvent>): VisitorEvent;
  /** Sends events and gives the answer's status and body. */
  send(events: unknown): Promise<{ status: number; body: EventsAnswer }>;
  get(path: string): Promise<{ status: number; body: never }>;
  post(path: string, value: unknown): Promise<{ status: number; body: never }>;
}

export interface EventsAnswer {
  accepted: string[];
  rejected: { index: number; field: string; message: string }[];
}

const systemNames = ['VisitStarted', 'PageEntered', 'PageExited', 'SignIn', 'SignOut', 'UserInfo'];

/** Opens a visit at `server` by asking for categories, as a page does. */
export async function openVisit(server: string, url = `${server}/playground/`): Promise<VisitorClient> {
  const query = new URLSearchParams({ url, title: 'Shop', languageCode: 'en-US' });
  const opened = (await (await fetch(`${server}/server/data/categories?${query.toString()}`)).json()) as {
    visitID: string;
    globalVisitID: string;
  };
  return visitor(server, opened.visitID, opened.globalVisitID, url);
}

export function visitor(server: string, visitID: string, globalVisitID: string, url: string): VisitorClient {
  const pageID = mintId();

  async function answerOf(response: Response): Promise<{ status: number; body: never }> {
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as never };
  }

  const post = async (path: string, value: unknown): Promise<{ status: number; body: never }> =>
    answerOf(
      await fetch(`${server}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(value),
      }),
    );

  return {
    visitID,
    globalVisitID,
    pageID,
    event: (eventName, more = {}) => ({
      eventType: systemNames.includes(eventName) ? 'SYSTEM' : 'BUSINESS',
      eventName,
      eventID: mintId(),
      pageID,
      visitID,
      globalVisitID,
      timestamp: Date.now(),
      category: '',
      url,
      languageCode: 'en-US',
      data: {},
      ...more,
    }),
    send: (events) => post('/server/data/events', events),
    get: async (path) => answerOf(await fetch(`${server}${path}`)),
    post,
  };
}
