/** The one place in the visitor's page where Beckon paints: an open shadow root, with the look that its parts share. */
import { scriptNonce } from '../settings.js';
import { el } from './element.js';
import { sharedStyles } from './styles.js';

let root: ShadowRoot | undefined;

/** The shadow root of `<div id="beckon-root">`, which is put back if the page has thrown it away. */
export function uiRoot(): ShadowRoot {
  if (root === undefined) {
    root = el('div', { id: 'beckon-root' }).attachShadow({ mode: 'open' });
    addStyles(root, sharedStyles);
  }
  if (!root.host.isConnected) document.body.append(root.host);
  return root;
}

/** A constructed sheet passes a content-security policy that admits no inline style. */
export function addStyles(target: ShadowRoot, text: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    target.adoptedStyleSheets = [...target.adoptedStyleSheets, sheet];
  } catch {
    target.append(el('style', { nonce: scriptNonce }, text));
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
