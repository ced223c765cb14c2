/** Attaches a trigger to the page: by a DOM event, or by one of the actions of our own. */
import type { OwnAction, TriggerDefinition } from '../../dsl/language/index.js';
import { pageDollar } from './evaluate.js';
import { attachExitIntent, attachFormAbandon, attachRageClick, attachScrollDepth } from './gestures.js';
import { isPage, listen, targetOf, type Attached, type Fire } from './listen.js';
import { attachViewport } from './viewport.js';

type Attach = (trigger: TriggerDefinition, fire: Fire) => Attached;

const own: Readonly<Record<OwnAction, Attach>> = {
  timer: attachTimer,
  enterviewport: attachViewport,
  enterkey: ({ element }, fire) =>
    listen('keydown', element, (event, found) => {
      if ((event as KeyboardEvent).key === 'Enter') fire(event, found);
    }),
  scroll: (trigger, fire) =>
    trigger.amount > 0 ? attachScrollDepth(trigger, fire) : attachDom(trigger, fire),
  formabandon: attachFormAbandon,
  rageclick: attachRageClick,
  exitintent: attachExitIntent,
};

export function attach(trigger: TriggerDefinition, fire: Fire): Attached {
  const { action, element } = trigger;
  if (Object.hasOwn(own, action)) return own[action as OwnAction](trigger, fire);
  if (isPage(element)) {
    // The page is there when its file is read; when it goes, the tracker says so.
    if (action === 'ready' || action === 'load') return attachTimer({ ...trigger, amount: 0 }, fire);
    if (action === 'unload' || action === 'beforeunload') {
      return { leave: () => fire(undefined, undefined), remove: () => undefined };
    }
  }
  return attachDom(trigger, fire);
}

function attachDom({ action, element }: TriggerDefinition, fire: Fire): Attached {
  const dom = listen(action, element, fire);
  const synthetic = attachSynthetic(action, element, fire);
  return {
    remove() {
      dom.remove();
      synthetic?.();
    },
  };
}

interface Triggered {
  type: string;
  target: Element;
  originalEvent?: unknown;
}

interface Bindable {
  on?: (name: string, handler: (event: Triggered) => void) => void;
  off?: (name: string, handler: (event: Triggered) => void) => void;
}

/** What the page sets off with its jQuery's `trigger` is no DOM event; only jQuery hears it. */
function attachSynthetic(name: string, selector: string, fire: Fire): (() => void) | undefined {
  const page = pageDollar()(document) as unknown as Bindable;
  if (typeof page.on !== 'function') return undefined;
  const handler = (event: Triggered): void => {
    if (event.originalEvent !== undefined) return;
    const element = targetOf(event as unknown as Event, selector);
    if (element !== null) fire(event as unknown as Event, element);
  };
  page.on(name, handler);
  return () => page.off?.(name, handler);
}

/** A timer with a count comes round so often; it ends with that, so its event is sent once per page. */
function attachTimer({ amount, count, isRestless }: TriggerDefinition, fire: Fire): Attached {
  let left = count;
  let timer: ReturnType<typeof setInterval>;
  const start = (): void => {
    clearInterval(timer);
    if (left <= 0) return;
    timer = setInterval(() => {
      if (--left <= 0) clearInterval(timer);
      fire(undefined, undefined);
    }, amount);
  };
  start();
  if (isRestless) addEventListener('pointermove', start, { passive: true });
  return {
    remove() {
      clearInterval(timer);
      removeEventListener('pointermove', start);
    },
  };
}
