/** Makes elements without markup, so that no text of a visitor, agent or site can become any. */

/**
 * Attributes by name; a function listens to the event that the name says after `on`; undefined sets nothing.
 */
export type Attributes = Record<string, string | number | undefined | ((event: never) => void)>;

export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value as EventListener);
    else if (value !== undefined) element.setAttribute(key, String(value));
  }
  // A site's own style sheet reaches into the shadow root by parts, which have the names of classes and
  // hooks.
  element.setAttribute('part', `${element.className} ${element.dataset.beckon ?? ''}`);
  element.append(...children);
  return element;
}
