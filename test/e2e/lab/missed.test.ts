/** A browser that was away is given exactly what it missed, in order, even by a node that died meanwhile. */
import { expect, it } from 'vitest';
import type { JsonValue } from '../../../src/base/index.js';
import { FrameClient } from '../../contract/bayeux/server.js';
import { startLab, type Lab } from '../../support/lab-process.js';
import { until } from '../../support/until.js';
import { openVisit, type VisitorClient } from '../../support/visitor-client.js';

interface Place {
  epoch: string;
  offset: number;
}

/** What one page sees between its subscription and its end. */
class Page {
  readonly client: FrameClient;
  readonly #channel: string;

  constructor(client: FrameClient, channel: string) {
    this.client = client;
    this.#channel = channel;
  }

  get delivered(): { data: JsonValue; place: Place | undefined }[] {
    return this.client.messages
      .filter(({ channel }) => channel === this.#channel)
      .map(({ data, ext }) => ({
        data: data as JsonValue,
        place: (ext as { replay?: Place } | undefined)?.replay,
      }));
  }

  /** The texts of the site's messages. */
  get texts(): unknown[] {
    return this.delivered.flatMap(({ data }) => (data as { data: unknown }[]).map((message) => message.data));
  }

  get place(): Place | undefined {
    return this.delivered.at(-1)?.place;
  }
}

async function openPage(lab: Lab, visitID: string, replay: object): Promise<Page> {
  const client = await new FrameClient(`${lab.server}/server/cometd`).start();
  const channel = `/notification/${visitID}`;
  const { clientId } = client;
  client.connect();
  client.send([{ channel: '/meta/subscribe', clientId, subscription: channel, ext: { replay } as never }]);
  return new Page(client, channel);
}

async function notify(visitor: VisitorClient, text: string): Promise<void> {
  const path = `/server/data/notification/notify/${visitor.visitID}`;
  const { status } = await visitor.post(path, [{ page: null, channel: 'site.news', data: text }]);
  expect(status).toBe(200);
}

it('gives a browser exactly what it missed, across kill -9', async () => {
  let lab = await startLab();
  try {
    const visitor = await openVisit(lab.server);
    let page = await openPage(lab, visitor.visitID, {});
    await until(() => page.place !== undefined, 'the first place');
    expect(page.delivered).toEqual([{ data: [], place: { epoch: '', offset: 0 } }]);
    await notify(visitor, 'one');
    await notify(visitor, 'two');
    await until(() => page.texts.length === 2, 'both');
    const place = page.place;
    page.client.close();
    await notify(visitor, 'three');
    await notify(visitor, 'four');
    await lab.end('SIGKILL');
    lab = await lab.restart();
    await notify(visitor, 'five');

    page = await openPage(lab, visitor.visitID, place ?? {});
    await until(() => page.texts.length >= 3, 'what was missed');
    await notify(visitor, 'six');
    await until(() => page.texts.length >= 4, 'what is new');
    expect(page.texts).toEqual(['three', 'four', 'five', 'six']);
    page.client.close();

    // A browser that missed nothing is told nothing; one of another life is told where things stand.
    const seenAll = await openPage(lab, visitor.visitID, page.place ?? {});
    const stranger = await openPage(lab, visitor.visitID, { epoch: 'another', offset: 9 });
    await until(() => stranger.place !== undefined, 'the place');
    expect(stranger.delivered).toEqual([{ data: [], place: page.place }]);
    await notify(visitor, 'seven');
    await until(() => seenAll.texts.length === 1 && stranger.texts.length === 1, 'the last one');
    expect([seenAll.texts, stranger.texts]).toEqual([['seven'], ['seven']]);
    for (const { client } of [seenAll, stranger]) client.close();
  } finally {
    await lab.remove();
  }
});
