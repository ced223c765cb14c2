/** What a server answers to a command: lines of JSON, or why it refused. */

/** The refusal in the server's own words; what is no answer of ours is said to be none. */
export async function refusalIn(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // Not our server's words.
  }
  return `The server answered ${response.status}, but not as Beckon does.`;
}

/** The lines of a body as they come, each parsed. Throws `SyntaxError` for a line that is no JSON. */
export async function* answerLines({ body }: Response): AsyncGenerator {
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as unknown;
  }
}
