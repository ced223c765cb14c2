/** A visitor's text as pieces to paint: plain text, and the web addresses in it that are safe to open. */

export type TextPiece = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string };

const address = /https?:\/\/[^\s<>"'`{}|\\^]+/gi;
/** What ends a sentence rather than an address. */
const trailing = /[.,;:!?)\]]+$/;

export function textPieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    const shown = withoutTrailing(match[0]);
    const href = safeHref(shown);
    if (href === null) continue;
    if (match.index > from) pieces.push({ kind: 'text', text: text.slice(from, match.index) });
    pieces.push({ kind: 'link', text: shown, href });
    from = match.index + shown.length;
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) });
  return pieces;
}

/** A closing bracket stays when the address opened it. */
function withoutTrailing(candidate: string): string {
  const shorter = candidate.replace(trailing, '');
  const next = candidate[shorter.length];
  return next === ')' && shorter.includes('(') ? candidate.slice(0, shorter.length + 1) : shorter;
}

/** The address in its normal form when it is http or https, else null: nothing else may become a link. */
export function safeHref(candidate: string): string | null {
  if (!URL.canParse(candidate)) return null;
  const url = new URL(candidate);
  if (url.username !== '' || url.password !== '') return null;
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
}
