/**
 * Actions that are more than one DOM event: how far was read, what was given up, and where patience ended.
 */
import type { TriggerDefinition } from '../../dsl/language/index.js';
import { isOne } from './find.js';
import { isPage, listen, type Attached, type Fire } from './listen.js';

/** Clicks further apart than this, in time or in CSS pixels, are not of one rage. */
const rageMs = 1_000;
const rageDistance = 30;

/** Fires once, when `amount` percent of the page, or of a part of it that scrolls, have come into view. */
export function attachScrollDepth({ element, amount }: TriggerDefinition, fire: Fire): Attached {
  let isDone = false;
  return listen('scroll', element, (event, found) => {
    const { target } = event;
    if (isDone || (found === undefined && target !== document)) return;
    const { scrollTop, clientHeight, scrollHeight } =
      found ?? document.scrollingElement ?? document.documentElement;
    // Browsers round what they scroll.
    if (((scrollTop + clientHeight + 1) / scrollHeight) * 100 < amount) return;
    isDone = true;
    fire(event, found);
  });
}

/** Fires when the page goes and a form that was begun has not been submitted; the event is its last input. */
export function attachFormAbandon({ element }: TriggerDefinition, fire: Fire): Attached {
  const begun = new Map<HTMLFormElement, Event>();
  const isMeant = (form: HTMLFormElement): boolean => isPage(element) || isOne(form, element);
  const input = listen('input', '', (event) => {
    const { form } = event.target as { form?: HTMLFormElement | null };
    if (form instanceof HTMLFormElement && isMeant(form)) begun.set(form, event);
  });
  const submit = listen('submit', '', ({ target }) => {
    begun.delete(target as HTMLFormElement);
  });
  return {
    leave() {
      const abandoned = [...begun];
      begun.clear();
      for (const [form, event] of abandoned) fire(event, form);
    },
    remove() {
      input.remove();
      submit.remove();
    },
  };
}

/** Fires when somebody clicks `amount` times in a row on about the same spot. */
export function attachRageClick({ element, amount }: TriggerDefinition, fire: Fire): Attached {
  let clicks: MouseEvent[] = [];
  let isTold = false;
  return listen('click', element, (event, found) => {
    const click = event as MouseEvent;
    const last = clicks.at(-1);
    const isSameRage =
      last !== undefined &&
      click.timeStamp - last.timeStamp < rageMs &&
      Math.hypot(click.clientX - last.clientX, click.clientY - last.clientY) < rageDistance;
    clicks = isSameRage ? [...clicks.slice(1 - amount), click] : [click];
    if (clicks.length === 1) isTold = false;
    const first = clicks[clicks.length - amount];
    if (isTold || first === undefined || click.timeStamp - first.timeStamp > rageMs) return;
    isTold = true;
    fire(event, found);
  });
}

/**
 * Fires, at most `count` times a page, when the mouse leaves the window at its top, where tabs and the
 * address are.
 */
export function attachExitIntent({ count }: TriggerDefinition, fire: Fire): Attached {
  let left = count;
  return listen('mouseout', '', (event) => {
    const { relatedTarget, clientY } = event as MouseEvent;
    if (relatedTarget !== null || clientY > 0 || left <= 0) return;
    left--;
    fire(event, undefined);
  });
}
