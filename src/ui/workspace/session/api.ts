/**
 * The workspace's requests (ARCHITECTURE.md section 5, the `ui` port), one function each. All reject with
 * HttpError.
 */
import type { AgentReadiness, AgentView, WorkspaceState } from '../../../model/index.js';
import { HttpError, type Http } from '../../shared/http.js';
import { readAgent, readState, readVisit, type VisitActivity } from '../model/index.js';

export interface WorkspaceApi {
  login(user: string, password: string): Promise<AgentView>;
  logout(): Promise<void>;
  /** The state, and the server's clock at its answer (null when it did not tell). */
  state(): Promise<{ state: WorkspaceState; serverTime: number | null }>;
  setReadiness(readiness: AgentReadiness): Promise<AgentView>;
  answerOffer(chatId: string, answer: 'accept' | 'decline'): Promise<void>;
  endChat(chatId: string): Promise<void>;
  sendMessage(chatId: string, messageId: string, text: string): Promise<{ offset: number }>;
  tellTyping(chatId: string, typing: boolean): Promise<void>;
  visit(chatId: string): Promise<VisitActivity>;
}

export function createWorkspaceApi(http: Http): WorkspaceApi {
  const path = (tail: string) => `/workspace/api/${tail}`;
  const chat = (chatId: string, tail: string) => path(`chats/${encodeURIComponent(chatId)}/${tail}`);
  return {
    login: async (user, password) =>
      expect(readAgent((await http('POST', path('login'), { user, password })).body)),
    logout: async () => {
      await http('POST', path('logout'), {});
    },
    state: async () => {
      const { body, serverTime } = await http('GET', path('state'));
      return { state: expect(readState(body)), serverTime };
    },
    setReadiness: async (readiness) =>
      expect(readAgent((await http('POST', path('readiness'), { readiness })).body)),
    answerOffer: async (chatId, answer) => {
      await http('POST', chat(chatId, answer), {});
    },
    endChat: async (chatId) => {
      await http('POST', chat(chatId, 'end'), {});
    },
    sendMessage: async (chatId, messageId, text) =>
      expect(readOffset((await http('POST', chat(chatId, 'messages'), { messageId, text })).body)),
    tellTyping: async (chatId, typing) => {
      await http('POST', chat(chatId, 'typing'), { typing });
    },
    visit: async (chatId) => expect(readVisit((await http('GET', chat(chatId, 'visit'))).body)),
  };
}

function readOffset(body: unknown): { offset: number } | null {
  const offset = typeof body === 'object' && body !== null && 'offset' in body ? body.offset : null;
  return typeof offset === 'number' ? { offset } : null;
}

/** An answer in a shape that this page does not know is as good as none. */
function expect<T>(read: T | null): T {
  if (read === null) throw new HttpError(502, 'the answer has an unknown shape');
  return read;
}
