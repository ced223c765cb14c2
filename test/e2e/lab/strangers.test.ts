/** What a node lets a browser do: its own visit and nothing else, over the transports that options name. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { writeShippedLabConfig } from '../../support/lab-config.js';
import { type Lab, startLab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { mintId } from '../../support/visitor-client.js';

let lab: Lab;

beforeAll(async () => {
  const config = await writeShippedLabConfig({
    cometd: {
      transports: 'org.cometd.server.transport.JSONTransport',
    },
    web: { 'jsonp.whiteList': '/server/data/categories' },
  });
  lab = await startLab({ config });
});

afterAll(() => lab.remove());

interface Browser {
  cookie: string;
  visitID: string;
}

const page = 'url=http%3A%2F%2Fshop.example%2Ftea&title=Tea&languageCode=en-US';

/** The first page of a browser that keeps cookies. */
async function openBrowser(): Promise<Browser> {
  const answer = await fetch(`${lab.server}/server/data/categories?${page}&bind=cookie`);
  const { visitID } = (await answer.json()) as { visitID: string };
  return { visitID, cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

function post(path: string, value: unknown, cookie: string): Promise<Response> {
  return fetch(lab.server + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(value),
  });
}

type Reply = Record<string, unknown> & { successful?: boolean; clientId?: string };

/** One message of a session of its own, by long-polling. */
async function bayeux(browser: Browser, message: object): Promise<Reply> {
  const handshake = {
    channel: '/meta/handshake',
    version: '1.0',
    supportedConnectionTypes: ['long-polling'],
  };
  const answer = await post('/server/cometd', [handshake], browser.cookie);
  const [{ clientId }] = (await answer.json()) as [Reply];
  const own = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const told = await post('/server/cometd', [{ ...message, clientId }], `${browser.cookie}; ${own}`);
  const [reply] = (await told.json()) as [Reply];
  return reply;
}

describe('a visit', () => {
  it('is read and written by its own browser alone, at every door', async () => {
    const [owner, stranger] = [await openBrowser(), await openBrowser()];
    const { visitID } = owner;
    const event = {
      eventType: 'BUSINESS',
      eventName: 'Mine',
      eventID: mintId(),
      pageID: mintId(),
      globalVisitID: mintId(),
      visitID,
      timestamp: Date.now(),
      url: 'http://shop.example/',
      data: {},
    };
    const doors = async ({ cookie }: Pick<Browser, 'cookie'>) => {
      const events = (await (await post('/server/data/events', [event], cookie)).json()) as {
        accepted: string[];
      };
      const categories = await fetch(`${lab.server}/server/data/categories?${page}&visitID=${visitID}`, {
        headers: { cookie },
      });
      const { newVisit } = (await categories.json()) as { newVisit: boolean };
      const get = async (path: string): Promise<number> =>
        (await fetch(lab.server + path, { headers: { cookie } })).status;
      const query = `visitID=${visitID}&engagementID=${visitID}.1&code=shown`;
      return {
        isTaken: events.accepted.length === 1,
        isKnown: !newVisit,
        disposition: await get(`/server/data/notification/disposition?${query}`),
        chat: await get(`/server/data/chat/${visitID}.1`),
        message: (
          await post(`/server/data/chat/${visitID}.1/messages`, { messageId: 'M', text: 'x' }, cookie)
        ).status,
        mayListen: (
          await bayeux(
            { cookie, visitID },
            {
              channel: '/meta/subscribe',
              subscription: `/notification/${visitID}`,
            },
          )
        ).successful,
      };
    };
    // There is no such engagement or chat: 404 is what the owner is told, and 403 whoever asks besides.
    const own = { isTaken: true, isKnown: true, disposition: 404, chat: 404, message: 404, mayListen: true };
    const foreign = {
      isTaken: false,
      isKnown: false,
      disposition: 403,
      chat: 403,
      message: 403,
      mayListen: false,
    };
    expect(await doors(stranger)).toEqual(foreign);
    expect(await doors({ cookie: '' })).toEqual(foreign);
    expect(await doors(owner)).toEqual(own);
  });

  it.each(['/notification/*', '/notification/**', '/**', '/*', '/monitor/*', '/workspace/anna', '/meta/**'])(
    'is not reached by listening to %s',
    async (subscription) => {
      const reply = await bayeux(await openBrowser(), { channel: '/meta/subscribe', subscription });
      expect([reply.successful, reply.error]).toEqual([false, expect.stringMatching(/^403/)]);
    },
  );

  it('is told nothing by other browsers', async () => {
    const owner = await openBrowser();
    for (const channel of [`/notification/${owner.visitID}`, '/service/echo', '/a']) {
      const reply = await bayeux(owner, { channel, data: [{ channel: 'gpe.chat' }] });
      expect([channel, reply.successful]).toEqual([channel, false]);
    }
  });
});

describe('answers', () => {
  const about = async (url: string): Promise<Record<string, string | null>> => {
    const { headers } = await fetch(url);
    const names = ['x-content-type-options', 'cache-control', 'x-frame-options', 'referrer-policy'];
    return Object.fromEntries(names.map((name) => [name, headers.get(name)]));
  };

  it('with data are neither guessed at nor kept', async () => {
    const paths = [
      `${lab.server}/server/data/categories?${page}`,
      `${lab.server}/server/data/chat/A.1`,
      `${lab.server}/server/data/identities`,
      `${lab.server}/nothing`,
      `${lab.ui}/workspace/api/state`,
      `${lab.deploy}/server/data/rules`,
    ];
    for (const path of paths) {
      const wanted = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };
      expect([path, await about(path)]).toMatchObject([path, wanted]);
    }
  });

  it('that are pages run nothing of others, and stand in no frame of others', async () => {
    for (const path of [`${lab.server}/playground/`, `${lab.ui}/workspace/`, `${lab.ui}/backtest/`]) {
      const { headers } = await fetch(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect([path, policy]).toEqual([path, expect.stringMatching(/default-src 'self'.*frame-ancestors/)]);
      expect(policy).not.toMatch(/unsafe/);
      expect(await about(path)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'same-origin',
      });
    }
  });

  it('set cookies that scripts cannot read', async () => {
    const login = await fetch(`${lab.ui}/workspace/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'ben', password: 'ben-lab' }),
    });
    expect(login.headers.get('set-cookie')).toMatch(/^BECKON_SESSION=.*HttpOnly; SameSite=Strict/);
    const opened = await fetch(`${lab.server}/server/data/categories?${page}&bind=cookie`);
    expect(opened.headers.get('set-cookie')).toMatch(/^BECKON_BROWSER_.*HttpOnly; SameSite=Lax/);
    const later = await fetch(`${lab.server}/server/data/categories?${page}`);
    expect(later.headers.get('set-cookie')).toMatch(
      /^GWEROUTEID=\.GWE_Node1; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });
});

describe('push', () => {
  it('comes by the transports that the option names alone', async () => {
    const socket = new WebSocket(`${lab.server.replace('http', 'ws')}/server/cometd`);
    const refused = await new Promise((resolve) => socket.on('error', ({ message }) => resolve(message)));
    expect(refused).toContain('400');
    const script = encodeURIComponent(JSON.stringify([{ channel: '/meta/handshake', version: '1.0' }]));
    const called = await fetch(`${lab.server}/server/cometd?jsonp=f&message=${script}`);
    expect(await called.text()).toMatch(/^f\(\[\{.*transport_unsupported/);
    const answer = await post('/server/cometd', [{ channel: '/meta/handshake', version: '1.0' }], '');
    const [reply] = (await answer.json()) as [Reply];
    expect(reply).toMatchObject({ successful: true, supportedConnectionTypes: ['long-polling'] });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^BAYEUX_BROWSER=.*HttpOnly/);
  });
});

describe('JSON as a script', () => {
  it('comes from the paths that the option names alone', async () => {
    const called = await fetch(`${lab.server}/server/data/categories?${page}&callback=got`);
    expect(called.headers.get('content-type')).toBe('text/javascript;charset=UTF-8');
    expect(await called.text()).toMatch(/^got\(\{"visitID":.*\}\)$/);
    const refused = await fetch(`${lab.server}/server/data/identities?callback=got`);
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({ error: 'FORBIDDEN', field: 'callback' }),
    ]);
    expect((await fetch(`${lab.ui}/workspace/api/state?callback=got`)).status).toBe(403);
  });
});

describe('a change of the categories', () => {
  it('reaches the page views that follow, soon', async () => {
    const login = await fetch(`${lab.ui}/workspace/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'anna', password: 'anna-lab' }),
    });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const created = await fetch(`${lab.ui}/server/api/categories`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({
        name: 'Hot drinks',
        tags: [{ name: 'tea', type: 'regex', expression: '/tea(/|$)', caseSensitive: false }],
      }),
    });
    expect(created.status).toBe(201);
    const { visitID, cookie: own } = await openBrowser();
    await until(
      async () => {
        const answer = await fetch(`${lab.server}/server/data/categories?${page}&visitID=${visitID}`, {
          headers: { cookie: own },
        });
        return ((await answer.json()) as { categories: string[] }).categories.includes('Hot drinks');
      },
      'the category',
      5_000,
    );
  });
});
