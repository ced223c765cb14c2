/** `/workspace/api`: what the agent workspace asks of the server (ARCHITECTURE.md section 5). */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import {
  agentAddress,
  chatAddressOf,
  type Address,
  notificationChannel,
} from '../../../actors/protocol/index.js';
import { AppError, type Clock } from '../../../base/index.js';
import type { Routing } from '../../../cluster/index.js';
import {
  type AgentChatView,
  type AgentReadiness,
  type AgentView,
  chatLimits,
  isId,
  type PushHub,
  type WorkspaceState,
} from '../../../model/index.js';
import { createLoginLimit } from '../login-limit.js';
import { sessionCookieName, type SessionTokens } from './session-token.js';

/** A person of the configuration. */
export interface Person {
  user: string;
  name: string;
  groups: string[];
  capacity: number;
}

export interface WorkspaceRoutesOptions {
  routing: Routing;
  clock: Clock;
  tokens: SessionTokens;
  /** The person with that user name and password; undefined when one of them is wrong. */
  authenticate(user: string, password: string): Promise<Person | undefined>;
  /** Whether the configuration still knows the user. */
  knows(user: string): boolean;
  /** Where visitors are pushed to. */
  visitors: PushHub;
  /** What the visitor panel shows: the visit, its pages, events and identities. */
  readVisit(visitId: string): Promise<object>;
  onLogout(user: string): void;
}

const credentials = Type.Object({
  user: Type.String({ minLength: 1, maxLength: 128 }),
  password: Type.String({ minLength: 1, maxLength: 256 }),
});
const readiness = Type.Object({ readiness: Type.Union([Type.Literal('ready'), Type.Literal('notReady')]) });
const messageBody = Type.Object({
  messageId: Type.String({ minLength: 1, maxLength: 64 }),
  text: Type.String({ minLength: 1, maxLength: chatLimits.textLengthMax, pattern: '\\S' }),
});
const typingBody = Type.Object({ typing: Type.Boolean() });

type ChatRequest = FastifyRequest<{ Params: { chatId: string } }>;

export function workspaceRoutes(options: WorkspaceRoutesOptions): FastifyPluginCallback {
  const { routing, tokens, clock } = options;

  function userOf(request: FastifyRequest): string {
    const user = tokens.verify(request.cookies[sessionCookieName], clock.nowMs());
    if (user === undefined || !options.knows(user)) throw new AppError('UNAUTHENTICATED', 'Log in first.');
    return user;
  }

  /** A chat that the asking agent has, or that rings there now. */
  async function offeredChat(request: ChatRequest): Promise<{ visitID: string }> {
    const user = userOf(request);
    const chat = chatOf(request);
    const own = await routing.query(agentAddress(user).cell, { kind: 'workspace' });
    if (
      own?.offers.some((offer) => offer.chatId === chat.id) !== true &&
      own?.chats.includes(chat.id) !== true
    ) {
      return ownChat(request);
    }
    return { visitID: chat.cell.slice('visit/'.length) };
  }

  /** A chat that belongs to the asking agent. */
  async function ownChat(request: ChatRequest): Promise<{ user: string; chat: Address; visitID: string }> {
    const user = userOf(request);
    const chat = chatOf(request);
    const agent = await routing.query(chat.cell, { kind: 'chatAgent', chatId: chat.id });
    if (agent !== user) throw new AppError('FORBIDDEN', 'This chat is not yours.');
    return { user, chat, visitID: chat.cell.slice('visit/'.length) };
  }

  async function stateOf(user: string): Promise<WorkspaceState> {
    const own = await routing.query(agentAddress(user).cell, { kind: 'workspace' });
    if (own === null) throw new AppError('UNAUTHENTICATED', 'Log in first.');
    const chats: AgentChatView[] = [];
    for (const chatId of own.chats) {
      const address = chatAddressOf(chatId);
      if (address === undefined) continue;
      const view = await routing.query(address.cell, { kind: 'chatView', chatId });
      if (view !== null) chats.push(view);
    }
    return { agent: own.agent, offers: own.offers, chats };
  }

  return (application, _options, done) => {
    requireJson(application);
    application.register(loginRoutes(options));
    application.get('/state', async (request) => stateOf(userOf(request)));
    application.post('/readiness', { schema: { body: readiness } }, async (request) => {
      const wanted = (request.body as { readiness: AgentReadiness }).readiness;
      const input = { kind: 'setReadiness', readiness: wanted } as const;
      return { agent: await routing.ask<AgentView>(agentAddress(userOf(request)), input) };
    });
    application.post('/chats/:chatId/accept', async (request: ChatRequest) =>
      routing.ask(agentAddress(userOf(request)), { kind: 'acceptOffer', chatId: chatOf(request).id }),
    );
    application.post('/chats/:chatId/decline', async (request: ChatRequest) =>
      routing.ask(agentAddress(userOf(request)), { kind: 'declineOffer', chatId: chatOf(request).id }),
    );
    application.post('/chats/:chatId/end', async (request: ChatRequest) =>
      routing.ask(chatOf(request), { kind: 'endChat', user: userOf(request) }),
    );
    application.post(
      '/chats/:chatId/messages',
      { schema: { body: messageBody } },
      async (request: ChatRequest) => {
        const { messageId, text } = request.body as { messageId: string; text: string };
        if (!isId(messageId))
          throw new AppError('BAD_REQUEST', 'messageId must be an id', { field: 'messageId' });
        return routing.ask(chatOf(request), { kind: 'postMessage', user: userOf(request), messageId, text });
      },
    );
    application.post(
      '/chats/:chatId/typing',
      { schema: { body: typingBody } },
      async (request: ChatRequest) => {
        const { chat, visitID } = await ownChat(request);
        const { typing } = request.body as { typing: boolean };
        const data = { chatId: chat.id, state: 'active', agentName: null, entries: [], typing };
        options.visitors.publish(notificationChannel(visitID), [{ page: null, channel: 'gpe.chat', data }]);
        return {};
      },
    );
    application.get('/chats/:chatId/visit', async (request: ChatRequest) => {
      const { visitID } = await offeredChat(request);
      return options.readVisit(visitID);
    });
    done();
  };
}

function chatOf(request: ChatRequest): Address {
  const chat = chatAddressOf(request.params.chatId);
  if (chat === undefined) throw new AppError('NOT_FOUND', 'There is no such chat.');
  return chat;
}

/** A form of another site cannot send JSON, so a request that changes something must be JSON. */
function requireJson(application: FastifyInstance): void {
  application.addHook('onRequest', (request, _reply, done) => {
    const type = request.headers['content-type'] ?? '';
    if (request.method === 'GET' || /^application\/json(;|$)/i.test(type)) done();
    else done(new AppError('BAD_REQUEST', 'Send application/json.', { field: 'Content-Type' }));
  });
}

function loginRoutes(options: WorkspaceRoutesOptions): FastifyPluginCallback {
  const { routing, tokens, clock } = options;
  const limit = createLoginLimit();

  async function logIn(request: FastifyRequest, reply: FastifyReply): Promise<{ agent: AgentView }> {
    const { user, password } = request.body as { user: string; password: string };
    const keys = [`user ${user}`, `address ${request.ip}`];
    if (!limit.allows(keys, clock.nowMs())) {
      throw new AppError('TOO_MANY_REQUESTS', 'Too many failed attempts; wait a minute.');
    }
    const person = await options.authenticate(user, password);
    if (person === undefined) {
      limit.failed(keys, clock.nowMs());
      throw new AppError('UNAUTHENTICATED', 'The user name or the password is wrong.');
    }
    limit.succeeded(keys);
    const { name, groups, capacity } = person;
    const agent = await routing.ask<AgentView>(agentAddress(user), { kind: 'logIn', name, groups, capacity });
    setCookie(reply, request, tokens.issue(user, clock.nowMs()), tokens.lifetimeMs);
    return { agent };
  }

  return (application, _options, done) => {
    application.post('/login', { schema: { body: credentials } }, logIn);
    application.post('/logout', async (request, reply) => {
      const user = tokens.verify(request.cookies[sessionCookieName], clock.nowMs());
      if (user !== undefined) {
        await routing.ask(agentAddress(user), { kind: 'logOut' });
        options.onLogout(user);
      }
      setCookie(reply, request, '', 0);
      return {};
    });
    done();
  };
}

function setCookie(reply: FastifyReply, request: FastifyRequest, value: string, lifetimeMs: number): void {
  reply.setCookie(sessionCookieName, value, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: request.headers['x-forwarded-proto'] === 'https' || request.protocol === 'https',
    maxAge: Math.floor(lifetimeMs / 1000),
  });
}
