/** An agent without a browser: the HTTP requests that the workspace makes, at the node of one's choice. */
import type { WorkspaceState } from '../../src/model/index.js';

export interface AgentClient {
  state(): Promise<WorkspaceState>;
  /** Gives the status of the answer; `path` is below `/workspace/api/`. */
  post(path: string, value: unknown): Promise<number>;
}

/** Logs in at `ui`, a base URL without a trailing slash; throws when that is refused. */
export async function logIn(ui: string, user: string, password: string): Promise<AgentClient> {
  const headers = { 'content-type': 'application/json' };
  const request = (path: string, value: unknown, more: Record<string, string>): Promise<Response> =>
    fetch(`${ui}/workspace/api/${path}`, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: JSON.stringify(value),
      signal: AbortSignal.timeout(10_000),
    });
  const answer = await request('login', { user, password }, {});
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (answer.status !== 200 || cookie === undefined) throw new Error(`login answered ${answer.status}`);
  return {
    async state() {
      const response = await fetch(`${ui}/workspace/api/state`, {
        headers: { cookie },
        signal: AbortSignal.timeout(10_000),
      });
      if (response.status !== 200) throw new Error(`state answered ${response.status}`);
      return (await response.json()) as WorkspaceState;
    },
    post: async (path, value) => (await request(path, value, { cookie })).status,
  };
}
