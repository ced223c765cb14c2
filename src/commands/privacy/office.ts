/** Calls to a node's `ui` port in the name of somebody who may handle what is kept of people. */
import { parseArgs } from 'node:util';
import { text as textOf } from 'node:stream/consumers';
import { UsageError } from '../command.js';
import { baseUrl, send, type Terminal, VerbFailure } from '../rules/index.js';

export const officeUrlDefault = 'http://127.0.0.1:9082';
export const officeUsage =
  `[--url ${officeUrlDefault}] --user NAME; ` +
  'the password comes from BECKON_PASSWORD or from standard input';
export const subjectUsage = '--identity ID | --global-id ID';

/** An erasure may take a minute. */
const timeoutMs = 120_000;

const officeOptions = { url: { type: 'string' }, user: { type: 'string' } } as const;
const subjectOptions = { identity: { type: 'string' }, 'global-id': { type: 'string' } } as const;

export type SubjectFields = { identityId: string } | { globalVisitID: string };

/** What `--identity` or `--global-id` says. Throws `UsageError` when it is not exactly one of them. */
export function subjectFields(values: { identity?: string; 'global-id'?: string }): SubjectFields {
  const { identity, 'global-id': globalVisitID } = values;
  if (identity !== undefined && globalVisitID === undefined) return { identityId: identity };
  if (globalVisitID !== undefined && identity === undefined) return { globalVisitID };
  throw new UsageError(`expected ${subjectUsage}`);
}

export interface OfficeCall {
  subject: SubjectFields;
  url: string;
  user: string | undefined;
}

export function parseOfficeCall(args: readonly string[]): OfficeCall {
  const options = { ...officeOptions, ...subjectOptions };
  const { values } = parseArgs({ args: [...args], options });
  return { subject: subjectFields(values), url: baseUrl(values.url ?? officeUrlDefault), user: values.user };
}

export function parseOffice(args: readonly string[]): Omit<OfficeCall, 'subject'> {
  const { values } = parseArgs({ args: [...args], options: officeOptions });
  return { url: baseUrl(values.url ?? officeUrlDefault), user: values.user };
}

/** Logs in and asks. Throws `VerbFailure` with the server's own words for a refusal. */
export async function askOffice(
  { url, user }: { url: string; user: string | undefined },
  path: string,
  body: object | undefined,
  terminal: Terminal,
): Promise<Response> {
  if (user === undefined) throw new UsageError('expected --user NAME');
  const password = process.env.BECKON_PASSWORD ?? (await textOf(terminal.stdin)).replace(/\r?\n$/, '');
  const cookie = await logIn(url, user, password);
  const response = await send(url, `/server/api/privacy/${path}`, {
    ...(body === undefined ? {} : { method: 'POST', ...json(body) }),
    cookie,
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new VerbFailure(await refusalOf(response));
  return response;
}

async function logIn(url: string, user: string, password: string): Promise<string> {
  const response = await send(url, '/workspace/api/login', { method: 'POST', ...json({ user, password }) });
  const [cookie] = response.headers.getSetCookie();
  if (!response.ok || cookie === undefined) throw new VerbFailure(await refusalOf(response));
  await response.body?.cancel();
  return cookie.split(';')[0] ?? '';
}

function json(value: object): { body: string; contentType: string } {
  return { body: JSON.stringify(value), contentType: 'application/json' };
}

async function refusalOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return (JSON.parse(text) as { message: string }).message;
  } catch {
    return `The server answered ${response.status}, but not as Beckon does.`;
  }
}
