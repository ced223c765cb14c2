/** `/meta/handshake`: whether a client may have a session, and which. */
import type { JsonObject, JsonValue } from '../../base/index.js';
import { bind, postponeExpiry } from './lifecycle.js';
import { failure, normalAdvice, success } from './replies.js';
import { newSession } from './session.js';
import { refusedIntervalMs } from './settings.js';
import type { BayeuxRequest, Turn } from './turn.js';
import type { BayeuxMessage, ConnectionType, SessionContext } from './types.js';

const protocolVersion = '1.0';
const lawfulVersion = /^1(?:\.\d+)*$/;
const lawfulBrowserId = /^[\w-]{16,64}$/;

/** Cookies of a stranger's making are replaced by one of ours. */
export function browserIdOf(cookie: string | null): string | null {
  return cookie !== null && lawfulBrowserId.test(cookie) ? cookie : null;
}

/** The connection type that a request's own transport has. */
export function transportOf(origin: BayeuxRequest<SessionContext>['origin']): ConnectionType {
  if (origin.kind === 'websocket') return 'websocket';
  return origin.callback ? 'callback-polling' : 'long-polling';
}

export function shakeHands<Context extends SessionContext>(
  turn: Turn<Context>,
  request: BayeuxRequest<Context>,
  message: BayeuxMessage,
): void {
  const { state, settings, parts } = turn;
  const offer = { version: protocolVersion, supportedConnectionTypes: [...settings.transports] };
  const error = refusal(turn, request, message);
  if (error !== undefined) {
    parts.push(failure(message, error, { ...offer, advice: { reconnect: 'none', interval: 0 } }));
    return;
  }
  if (state.sessions.size >= settings.sessionsMax || state.draining) {
    state.counters.sessionsRefused += 1;
    const advice = { reconnect: 'handshake', interval: refusedIntervalMs };
    parts.push(failure(message, '503::sessions_exhausted', { ...offer, advice }));
    return;
  }
  parts.push(
    success(message, { ...offer, minimumVersion: protocolVersion, ...open(turn, request, message) }),
  );
}

/** Why a handshake cannot succeed, now or later. */
function refusal<Context extends SessionContext>(
  turn: Turn<Context>,
  request: BayeuxRequest<Context>,
  message: BayeuxMessage,
): string | undefined {
  const { transports, connectionSessionsMax } = turn.settings;
  if (turn.handshaken || request.freshSessionId === '') return '400::handshake_repeated';
  const { version, supportedConnectionTypes: types } = message;
  if (version !== undefined && (typeof version !== 'string' || !lawfulVersion.test(version))) {
    return '400::version_unsupported';
  }
  if (types !== undefined && !hasCommonType(types, transports)) return '400::connection_types_unsupported';
  if (!transports.includes(transportOf(request.origin))) return '400::transport_unsupported';
  if (request.context === null) return '403::handshake_denied';
  if (request.origin.kind === 'websocket') {
    const bound = turn.state.connections.get(request.origin.connection)?.length ?? 0;
    if (bound >= connectionSessionsMax) return '403::sessions_exceeded';
  }
  return undefined;
}

function hasCommonType(types: JsonValue, transports: readonly ConnectionType[]): boolean {
  return Array.isArray(types) && transports.some((transport) => types.includes(transport));
}

function open<Context extends SessionContext>(
  turn: Turn<Context>,
  request: BayeuxRequest<Context>,
  message: BayeuxMessage,
): JsonObject {
  const { state, nowMs } = turn;
  const { context, origin } = request;
  if (context === null) return {};
  turn.handshaken = true;
  let browserId = browserIdOf(request.browserId);
  if (origin.kind === 'http' && browserId === null) {
    browserId = request.freshBrowserId;
    turn.setBrowserId = browserId;
  }
  const ack = wantsAck(message.ext);
  const session = newSession(request.freshSessionId, context, browserId, ack, nowMs);
  state.sessions.set(session.id, session);
  state.counters.sessionsOpened += 1;
  if (origin.kind === 'websocket') bind(state, session, origin.connection);
  postponeExpiry(turn, session);
  turn.facts.push({ kind: 'opened', session: session.id, context });
  return {
    clientId: session.id,
    advice: normalAdvice(turn.settings),
    ...(ack ? { ext: { ack: true } } : {}),
  };
}

/** `ext.ack` is `true`, or an object whose `enabled` says so. */
function wantsAck(ext: JsonValue | undefined): boolean {
  if (typeof ext !== 'object' || ext === null || Array.isArray(ext)) return false;
  const { ack } = ext;
  if (typeof ack === 'object' && ack !== null && !Array.isArray(ack)) return ack.enabled === true;
  return ack === true;
}
