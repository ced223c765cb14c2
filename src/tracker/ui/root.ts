/**
 * The one place in the visitor's page where Beckon paints: an open shadow root, with the look that its parts
 * share.
 */
import { scriptNonce } from '../settings.js';
import { el } from './element.js';
import { sharedStyles } from './styles.js';

let root: ShadowRoot | undefined;
const added = new Set<string>();

/**
 * The shadow root of `<div id="beckon-root">` with these styles in it. The host is put back if the page has
 * thrown it away.
 */
export function styledRoot(styles: string): ShadowRoot {
  root ??= el('div', { id: 'beckon-root' }).attachShadow({ mode: 'open' });
  if (!root.host.isConnected) document.body.append(root.host);
  for (const text of [sharedStyles, styles]) {
    if (added.has(text)) continue;
    added.add(text);
    adoptStyles(root, text);
  }
  return root;
}

/** A constructed sheet passes a content-security policy that admits no inline style. */
export function adoptStyles(root: ShadowRoot, text: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    root.append(el('style', { nonce: scriptNonce }, text));
  }
}

/** The element with the focus, in the page or in our part of it. */
export function focused(): HTMLElement | null {
  return (root?.activeElement ?? document.activeElement) as HTMLElement | null;
}

/** Whether the visitor is writing, so that taking the focus away would spill letters. */
export function isWriting(): boolean {
  return !!focused()?.matches('input,textarea,select,[contenteditable],iframe');
}
