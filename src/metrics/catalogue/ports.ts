// What the ports see: requests, WebSockets, push sessions.
import type { ValueRow } from '../metric-row.js';
import type { EdgeReading } from '../readings.js';

function edge(row: Omit<ValueRow, 'read' | 'labels'>, read: (edge: EdgeReading) => number): ValueRow {
  return {
    ...row,
    labels: ['port'],
    read: ({ sources }) =>
      Object.entries(sources.edges ?? {}).map(([port, reading]) => ({
        labels: { port },
        value: read(reading),
      })),
  };
}

export const ports: readonly ValueRow[] = [
  edge(
    { name: 'beckon_http_requests_total', kind: 'counter', help: 'HTTP requests, by the id of the port.' },
    ({ requests }) => requests,
  ),
  edge(
    { name: 'beckon_http_requests_in_flight', kind: 'gauge', help: 'HTTP requests not answered yet.' },
    ({ requestsInFlight }) => requestsInFlight,
  ),
  edge(
    {
      name: 'beckon_http_requests_aborted_total',
      kind: 'counter',
      help: 'HTTP requests whose caller went away before the answer.',
    },
    ({ requestsAborted }) => requestsAborted,
  ),
  edge(
    {
      name: 'beckon_bayeux_polls_held',
      kind: 'gauge',
      help: 'Long polls that wait for something to deliver; they are requests in flight too.',
    },
    ({ pollsHeld }) => pollsHeld,
  ),
  edge(
    { name: 'beckon_websockets', kind: 'gauge', help: 'Open WebSockets.' },
    ({ webSockets }) => webSockets,
  ),
  edge(
    {
      name: 'beckon_websockets_dropped_total',
      kind: 'counter',
      help: 'WebSockets closed because their reader was too slow.',
    },
    ({ webSocketsDroppedSlow }) => webSocketsDroppedSlow,
  ),
  edge(
    {
      name: 'beckon_http_answers_cut_total',
      kind: 'counter',
      help: 'Answers whose caller took them too slowly, and lost the connection.',
    },
    ({ answersCut }) => answersCut,
  ),
  edge(
    {
      name: 'beckon_http_requests_refused_total',
      kind: 'counter',
      help: 'Requests and WebSockets answered 429: their address had too many.',
    },
    ({ requestsRefused }) => requestsRefused,
  ),
  edge(
    {
      name: 'beckon_connections_refused_total',
      kind: 'counter',
      help: 'Connections not taken; on the native wire the times that the port stopped listening.',
    },
    ({ connectionsRefused }) => connectionsRefused,
  ),
  edge(
    { name: 'beckon_bayeux_sessions', kind: 'gauge', help: 'Push sessions of any transport.' },
    ({ sessions }) => sessions,
  ),
  edge(
    { name: 'beckon_bayeux_subscriptions', kind: 'gauge', help: 'Subscriptions of those sessions.' },
    ({ subscriptions }) => subscriptions,
  ),
  edge(
    { name: 'beckon_bayeux_sessions_opened_total', kind: 'counter', help: 'Push sessions opened.' },
    ({ bayeux }) => bayeux.sessionsOpened,
  ),
  edge(
    {
      name: 'beckon_bayeux_sessions_expired_total',
      kind: 'counter',
      help: 'Push sessions whose browser stopped connecting.',
    },
    ({ bayeux }) => bayeux.sessionsExpired,
  ),
  edge(
    { name: 'beckon_bayeux_sessions_refused_total', kind: 'counter', help: 'Handshakes refused.' },
    ({ bayeux }) => bayeux.sessionsRefused,
  ),
  edge(
    {
      name: 'beckon_bayeux_sessions_overflowed_total',
      kind: 'counter',
      help: 'Push sessions ended because a queue that may lose nothing was full.',
    },
    ({ bayeux }) => bayeux.sessionsOverflowed,
  ),
  edge(
    { name: 'beckon_bayeux_messages_received_total', kind: 'counter', help: 'Messages from browsers.' },
    ({ bayeux }) => bayeux.messagesReceived,
  ),
  edge(
    { name: 'beckon_bayeux_messages_delivered_total', kind: 'counter', help: 'Messages sent to browsers.' },
    ({ bayeux }) => bayeux.messagesDelivered,
  ),
  edge(
    {
      name: 'beckon_bayeux_messages_dropped_total',
      kind: 'counter',
      help: 'Messages that left a full queue unread.',
    },
    ({ bayeux }) => bayeux.messagesDropped,
  ),
];
