/** The server's push in a browser: the Bayeux client with real sockets and requests, on the visit's channel. */
import { debug } from '../debug.js';
import { keep, kept } from '../session-memory.js';
import { request } from '../http.js';
import type { Settings } from '../settings.js';
import { createBayeuxClient, type SocketEvents, type Socket } from './bayeux-client.js';

export interface Push {
  start(visitID: string): void;
  stop(): void;
  isUp(): boolean;
}

export interface PushEvents {
  onMessage(message: unknown): void;
  onUp(): void;
}

const pollingKey = 'polling';

export function createPush(settings: Settings, { onMessage, onUp }: PushEvents): Push {
  const url = settings.endpoint + '/server/cometd';
  const client = createBayeuxClient({
    openSocket:
      settings.disableWebSockets || kept(pollingKey) ? undefined : (events) => openSocket(url, events),
    post: (path, messages, timeoutMs, abort) =>
      request(`${url}/${path}`, { json: messages, timeoutMs, abort, keepalive: path === 'disconnect' }),
    isHidden: () => document.hidden,
    nowMs: Date.now,
    random: Math.random,
    // The server carries arrays of messages; one alone is taken too.
    onMessage: (data) => (Array.isArray(data) ? data : [data]).forEach(onMessage),
    onUp() {
      // Where sockets are swallowed, the next page need not wait for one to fail again.
      if (client.isPolling()) keep(pollingKey, 1);
      onUp();
    },
    debug,
  });
  addEventListener('online', client.wake);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) client.wake();
  });
  return {
    start: (visitID) => client.start(`/notification/${visitID}`),
    stop: client.stop,
    isUp: client.isUp,
  };
}

function openSocket(url: string, events: SocketEvents): Socket {
  const socket = new WebSocket(url.replace(/^http/, 'ws'));
  socket.onopen = events.opened;
  socket.onmessage = ({ data }) => events.received(String(data));
  socket.onclose = events.closed;
  return socket;
}
