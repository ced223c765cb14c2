/** `/server/data/chat/{chatId}`: the visitor's side of a chat. The chat's id is the visitor's right to it. */
import { type Address, chatAddressOf, workspaceChannel } from '../../actors/protocol/index.js';
import { AppError } from '../../base/index.js';
import type { Routing } from '../../cluster/index.js';
import { chatLimits, isId, type PushHub, visitIdOf, type WorkspaceMessage } from '../../model/index.js';
import type { EdgeRequest, HotRoute } from '../edge/index.js';
import { jsonObject, respondError, respondJson } from './answers.js';
import type { VisitBinding } from './visit-binding.js';

export interface ChatRoutesOptions {
  routing: Routing;
  binding: VisitBinding;
  /** Where agents are pushed to. */
  agents: PushHub;
}

const bodyBytesMax = 32 * 1024;

export function chatRoutes({ routing, agents, binding }: ChatRoutesOptions): HotRoute[] {
  const route = chatRoute.bind(undefined, binding);
  return [
    route('GET', '/server/data/chat/:chatId', 0, async (request, chat) => {
      const since = wholeNumber(request.query('since') ?? '0', 'since');
      const answer = await routing.query(chat.cell, { kind: 'chat', chatId: chat.id, since });
      if (answer === null) throw new AppError('NOT_FOUND', 'There is no such chat.');
      return { ...answer, typing: false };
    }),
    route('POST', '/server/data/chat/:chatId/messages', bodyBytesMax, async (request, chat) =>
      routing.ask(chat, { kind: 'postMessage', ...messageOf(request) }),
    ),
    route('POST', '/server/data/chat/:chatId/typing', bodyBytesMax, async (request, chat) => {
      const { typing } = jsonObject(request.body);
      if (typeof typing !== 'boolean') {
        throw new AppError('BAD_REQUEST', 'typing must be true or false', { field: 'typing' });
      }
      await tellTyping(chat, typing);
      return {};
    }),
    route('POST', '/server/data/chat/:chatId/end', bodyBytesMax, async (_request, chat) =>
      routing.ask(chat, { kind: 'endChat' }),
    ),
  ];

  /** Typing is news of the moment: it is shown, never kept. */
  async function tellTyping(chat: Address, typing: boolean): Promise<void> {
    const agent = await routing.query(chat.cell, { kind: 'chatAgent', chatId: chat.id });
    if (agent === null) return;
    const message: WorkspaceMessage = {
      kind: 'chatUpdated',
      chatId: chat.id,
      state: 'active',
      entries: [],
      typing,
    };
    agents.publish(workspaceChannel(agent), message);
  }
}

function chatRoute(
  binding: VisitBinding,
  method: 'GET' | 'POST',
  path: string,
  bytesMax: number,
  answer: (request: EdgeRequest, chat: Address) => Promise<unknown>,
): HotRoute {
  return {
    method,
    path,
    bodyBytesMax: bytesMax,
    headers: ['cookie'],
    handle(request, respond) {
      const chat = chatAddressOf(request.param('chatId') ?? '');
      if (chat === undefined) {
        respondError(respond, new AppError('NOT_FOUND', 'There is no such chat.'));
        return;
      }
      const visitID = visitIdOf(chat.id) ?? '';
      if (!binding.allows(visitID, request.header('cookie'))) {
        respondError(respond, new AppError('FORBIDDEN', 'This chat belongs to another browser.'));
        return;
      }
      answer(request, chat).then(
        (value) => respondJson(respond, value),
        (error: unknown) => respondError(respond, error),
      );
    },
  };
}

/** A message's own id and text, within their limits; throws BAD_REQUEST. */
export function messageOf(request: { body: Buffer }): { messageId: string; text: string } {
  const { messageId, text } = jsonObject(request.body);
  if (!isId(messageId)) throw new AppError('BAD_REQUEST', 'messageId must be an id', { field: 'messageId' });
  if (typeof text !== 'string' || text.trim() === '' || text.length > chatLimits.textLengthMax) {
    const message = `text must be 1 to ${chatLimits.textLengthMax} characters`;
    throw new AppError('BAD_REQUEST', message, { field: 'text' });
  }
  return { messageId, text };
}

function wholeNumber(text: string, field: string): number {
  if (!/^[0-9]{1,9}$/.test(text))
    throw new AppError('BAD_REQUEST', `${field} must be a whole number`, { field });
  return Number(text);
}
