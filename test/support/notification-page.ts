/** A page of a visitor that listens to its notifications, by hand on a WebSocket. */
import type { JsonValue } from '../../src/base/index.js';
import type { NotificationMessage } from '../../src/model/index.js';
import { FrameClient } from '../contract/bayeux/server.js';

/** Where a message stands in the visit's outbox. */
export interface Place {
  epoch: string;
  offset: number;
}

/** What one page sees between its subscription and its end. */
export class NotificationPage {
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

  get messages(): NotificationMessage[] {
    return this.delivered.flatMap(({ data }) => data as unknown as NotificationMessage[]);
  }

  get place(): Place | undefined {
    return this.delivered.at(-1)?.place;
  }
}

/** `replay` is the last place seen, or `{}`. */
export async function openNotificationPage(
  server: string,
  visitID: string,
  replay: object,
): Promise<NotificationPage> {
  const client = await new FrameClient(`${server}/server/cometd`).start();
  const channel = `/notification/${visitID}`;
  const { clientId } = client;
  client.connect();
  client.send([{ channel: '/meta/subscribe', clientId, subscription: channel, ext: { replay } as never }]);
  return new NotificationPage(client, channel);
}
