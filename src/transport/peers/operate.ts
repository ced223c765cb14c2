/** An operator's command to one node: whoever has the configuration has the cluster's key. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '../../base/index.js';
import type { OperatorCommand } from '../../cluster/member/index.js';
import { type PeerTls, peerCredentials } from './credentials.js';
import { failureText } from './failure-text.js';
import type { OperatorAnswer } from './generated/beckon/v1/OperatorAnswer.js';
import type { OperatorRequest } from './generated/beckon/v1/OperatorRequest.js';
import type { PeerAddress } from './peers.js';
import { peersService } from './protocol.js';

export interface OperateOptions {
  node: PeerAddress;
  keys: readonly string[];
  tls: PeerTls | undefined;
  timeoutMs: number;
}

/** How far the clocks of an operator and a node may differ. */
const clockMs = 60_000;

function digest(key: string, node: string, { command, at }: Pick<OperatorRequest, 'command' | 'at'>): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify(['operator', node, at, command]))
    .digest();
}

/** Resolves with the node's answer. Rejects with `AppError` NOT_READY when it does not answer. */
export async function operate(
  options: OperateOptions,
  command: OperatorCommand,
): Promise<{ ok: boolean; text: string; data: unknown }> {
  const { node, keys, tls } = options;
  const Peers = peersService();
  const address = `${node.host.includes(':') ? `[${node.host}]` : node.host}:${node.port}`;
  const { channel, isSecure } = peerCredentials(tls, [node.host]);
  const client = new Peers(address, channel, isSecure ? { 'grpc.ssl_target_name_override': node.name } : {});
  const said = { command: JSON.stringify(command), at: Date.now() };
  const request = { ...said, proof: digest(keys[0] ?? '', node.name, said) };
  try {
    const { ok, text, data } = await new Promise<OperatorAnswer>((resolve, reject) => {
      client.Operate(request, { deadline: Date.now() + options.timeoutMs }, (error, answer) => {
        if (answer !== undefined) resolve(answer);
        else {
          const reason = error === null ? 'no answer' : failureText(error);
          reject(new AppError('NOT_READY', `${node.name} at ${address}: ${reason}`));
        }
      });
    });
    return { ok, text, data: data === '' ? undefined : (JSON.parse(data) as unknown) };
  } finally {
    client.close();
  }
}

/** The command, when whoever sent it knows one of the keys and it is fresh; as text, why it is none. */
export function provenCommand(
  keys: readonly string[],
  node: string,
  request: OperatorRequest,
): OperatorCommand | string | undefined {
  if (!(Math.abs(Date.now() - request.at) <= clockMs)) return undefined;
  const proven = keys.some((key) => {
    const wanted = digest(key, node, request);
    return request.proof.length === wanted.length && timingSafeEqual(request.proof, wanted);
  });
  return proven ? commandOf(request.command) : undefined;
}

/** What each command names: one node, or a list of them. */
const namedBy: Record<OperatorCommand['kind'], Record<string, 'name' | 'names'>> = {
  status: {},
  init: { nodes: 'names' },
  recover: { nodes: 'names' },
  add: { node: 'name' },
  remove: { node: 'name' },
  replace: { node: 'name', by: 'name' },
  drain: { node: 'name' },
  undrain: { node: 'name' },
};

function commandOf(text: string): OperatorCommand | string {
  const given = parsed(text);
  const { kind } = given;
  if (typeof kind !== 'string' || !Object.hasOwn(namedBy, kind)) {
    return `this node knows no command ${String(kind)}`;
  }
  const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
  for (const [field, form] of Object.entries(namedBy[kind as OperatorCommand['kind']])) {
    const value = given[field];
    const isRight = form === 'name' ? isName(value) : Array.isArray(value) && value.every(isName);
    if (!isRight) return `${kind} needs ${field}`;
  }
  return given as unknown as OperatorCommand;
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
