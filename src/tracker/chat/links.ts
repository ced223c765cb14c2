/** Finds the web addresses in a message, so that they, and nothing else, become links. */

export interface TextPart {
  text: string;
  /** An http or https address; undefined for plain text. */
  href?: string;
}

const addressPattern = /\bhttps?:\/\/[^\s<>"'`]+/gi;
/** Closes a sentence or a bracket around an address rather than belonging to it. */
const tailPattern = /[.,;:!?)\]}…]+$/;

/** Splits a message into text and addresses; the parts joined are the message. */
export function partsOf(message: string): TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  for (const match of message.matchAll(addressPattern)) {
    const text = match[0].replace(tailPattern, '');
    const href = hrefOf(text);
    if (href === undefined) continue;
    if (match.index > done) parts.push({ text: message.slice(done, match.index) });
    parts.push({ text, href });
    done = match.index + text.length;
  }
  if (done < message.length) parts.push({ text: message.slice(done) });
  return parts;
}

function hrefOf(text: string): string | undefined {
  try {
    const { href, protocol, hostname } = new URL(text);
    return /^https?:$/.test(protocol) && hostname !== '' ? href : undefined;
  } catch {
    return undefined;
  }
}
