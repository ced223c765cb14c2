/**
 * Lets a person point at an element of the page: shows what would be chosen, and swallows the click that
 * does.
 */
import { el } from '../ui/element.js';
import { meantElement } from './selector-of.js';

export interface Picker {
  stop(): void;
}

/** Events of a press that the page must not see. */
const swallowed = ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'touchend'];

/**
 * Starts picking; `picked` gets the element, or undefined when the person has changed their mind. What
 * belongs to `own` is left alone. `root` is where the frame is drawn.
 */
export function pick(root: ShadowRoot, own: Element, picked: (element: Element | undefined) => void): Picker {
  const frame = el('div', { class: 'frame', hidden: '' });
  const label = el('span', { class: 'frame-label' });
  frame.append(label);
  root.append(frame);

  const isOwn = (event: Event): boolean => event.composedPath().includes(own);
  const swallow = (event: Event): void => {
    if (isOwn(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const show = (event: Event): void => {
    const { target } = event;
    if (isOwn(event) || !(target instanceof Element)) return;
    outline(frame, label, meantElement(target));
  };
  const choose = (event: Event): void => {
    const { target } = event;
    if (isOwn(event)) return;
    swallow(event);
    if (!(target instanceof Element)) return;
    stop();
    picked(meantElement(target));
  };
  const cancel = (event: Event): void => {
    if ((event as KeyboardEvent).key !== 'Escape') return;
    swallow(event);
    stop();
    picked(undefined);
  };
  const listeners: [string, (event: Event) => void][] = [
    ...swallowed.map((name): [string, typeof swallow] => [name, swallow]),
    ['pointermove', show],
    ['pointerdown', show],
    ['click', choose],
    ['keydown', cancel],
  ];
  const options = { capture: true, passive: false };
  for (const [name, listener] of listeners) window.addEventListener(name, listener, options);

  function stop(): void {
    for (const [name, listener] of listeners) window.removeEventListener(name, listener, options);
    frame.remove();
  }

  return { stop };
}

function outline(frame: HTMLElement, label: HTMLElement, element: Element): void {
  const { top, left, width, height } = element.getBoundingClientRect();
  frame.hidden = false;
  Object.assign(frame.style, {
    transform: `translate(${left}px,${top}px)`,
    width: `${width}px`,
    height: `${height}px`,
  });
  label.classList.toggle('below', top < 30);
  const { id, localName, classList } = element;
  label.textContent =
    localName + (id === '' ? '' : `#${id}`) + [...classList].map((name) => `.${name}`).join('');
}
