/** The server's push in a browser: the Bayeux client with real sockets and requests. */
import { request } from '../http.js';
import { keep, kept } from '../session-memory.js';
import type { Settings } from '../settings.js';
import { BayeuxClient } from './bayeux-client.js';
import type { Place, Socket, SocketEvents } from './carriers.js';

export type { BayeuxClient };

const pollingKey = 'polling';
const placeKey = 'place';

/** Of one channel: another visit begins anew. */
interface KeptPlace {
  channel: string;
  place: Place;
}

/**
 * A client that is not started yet; `onMessage` gets single messages, `onUp` tells that some may have been
 * missed.
 */
export function createPush(
  settings: Settings,
  signal: AbortSignal,
  onMessage: (message: unknown) => void,
  onUp: () => void,
): BayeuxClient {
  const url = settings.endpoint + '/server/cometd';
  // The next page goes on where this one was left; where nothing can be stored, this page knows it alone.
  let last = kept(placeKey) as KeptPlace | undefined;
  const client = new BayeuxClient({
    placeOf: (channel) => (last?.channel === channel ? last.place : undefined),
    keepPlace: (channel, place) => keep(placeKey, (last = { channel, place })),
    openSocket:
      settings.disableWebSockets || kept(pollingKey) ? undefined : (events) => openSocket(url, events),
    post: (path, messages, timeoutMs, abort) =>
      request(`${url}/${path}`, { json: messages, timeoutMs, abort, keepalive: path === 'disconnect' }),
    isHidden: () => document.hidden,
    // The server carries arrays of messages; one alone is taken too.
    onMessage: (data) => [data].flat().forEach(onMessage),
    onUp() {
      // Where sockets are swallowed, the next page need not wait for one to fail again.
      if (client.isPolling) keep(pollingKey, 1);
      onUp();
    },
  });
  const wake = (): void => {
    if (!document.hidden) client.wake();
  };
  addEventListener('online', wake, { signal });
  document.addEventListener('visibilitychange', wake, { signal });
  return client;
}

function openSocket(url: string, events: SocketEvents): Socket {
  const socket = new WebSocket(url.replace('http', 'ws'));
  socket.onopen = events.opened;
  socket.onmessage = ({ data }) => events.received(String(data));
  socket.onclose = events.closed;
  return socket;
}
