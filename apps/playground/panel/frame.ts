/**
 * The panel's frame: the button that opens it, its head, its two lists and its foot; and whether it is
 * open.
 */
import { element } from './elements.js';

export interface Frame {
  status: HTMLElement;
  visitID: HTMLElement;
  globalVisitID: HTMLElement;
  pageID: HTMLElement;
  rulesHeading: HTMLElement;
  rulesNote: HTMLElement;
  rules: HTMLElement;
  eventsHeading: HTMLElement;
  eventsNote: HTMLElement;
  events: HTMLElement;
  /** Spoken to a reader who does not see the panel: only what a rule has decided. */
  spoken: HTMLElement;
  workspace: HTMLAnchorElement;
  startOver: HTMLButtonElement;
}

const wideWindow = matchMedia('(min-width: 1000px)');

/** The frame beside the shop, hidden or open as it was left; `onOpen` is called each time that it opens. */
export function createFrame(onOpen: () => void): Frame {
  const frame = makeParts();
  const hide = element('button', { type: 'button', class: 'seen-hide' }, 'Hide');
  const open = element(
    'button',
    { type: 'button', class: 'seen-open', 'aria-expanded': 'false', 'aria-controls': 'seen' },
    'What Beckon sees',
  );
  const panel = element(
    'aside',
    { id: 'seen', class: 'seen', 'aria-labelledby': 'seen-title' },
    element('header', {}, element('h2', { id: 'seen-title' }, 'What Beckon sees'), frame.status, hide),
    element(
      'div',
      { class: 'seen-scroll', tabindex: '0', role: 'region', 'aria-label': 'The visit' },
      section(frame.rulesHeading, frame.rulesNote, frame.rules),
      section(frame.eventsHeading, frame.eventsNote, frame.events),
      idList(frame),
    ),
    element('footer', {}, frame.workspace, frame.startOver),
    frame.spoken,
  );
  const show = (isOpen: boolean): void => {
    document.documentElement.dataset.panel = isOpen ? 'open' : 'closed';
    open.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) onOpen();
  };
  open.addEventListener('click', () => {
    remember('open');
    show(true);
    hide.focus();
  });
  hide.addEventListener('click', () => {
    remember('closed');
    show(false);
    open.focus();
  });
  panel.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide.click();
  });
  document.body.append(open, panel);
  show(document.documentElement.dataset.panel === 'open');
  return frame;
}

/** A phone and a desk are remembered apart: what fits beside the shop on one covers it on the other. */
function remember(choice: 'open' | 'closed'): void {
  try {
    localStorage.setItem(wideWindow.matches ? 'playground.panel' : 'playground.drawer', choice);
  } catch {
    // A browser that keeps nothing shows the panel as it comes.
  }
}

function makeParts(): Frame {
  return {
    status: element('span', { class: 'seen-link', role: 'status' }),
    visitID: element('dd'),
    globalVisitID: element('dd'),
    pageID: element('dd'),
    rulesHeading: element('h3', {}, 'Rules'),
    rulesNote: element('p', { class: 'seen-note' }),
    rules: element('ul', { class: 'seen-rules' }),
    eventsHeading: element('h3', {}, 'Events'),
    eventsNote: element('p', { class: 'seen-note' }),
    events: element('ul', { class: 'seen-events' }),
    spoken: element('p', { class: 'unseen', role: 'status' }),
    workspace: element('a', { target: '_blank', rel: 'noopener' }, 'Open the agent workspace'),
    startOver: element('button', { type: 'button' }, 'Start a new visit'),
  };
}

function section(...parts: HTMLElement[]): HTMLElement {
  return element('section', {}, ...parts);
}

function idList({ visitID, globalVisitID, pageID }: Frame): HTMLElement {
  return element(
    'dl',
    { class: 'seen-ids' },
    ...[
      ['visitID', visitID] as const,
      ['globalVisitID', globalVisitID] as const,
      ['pageID', pageID] as const,
    ].map(([name, value]) => element('div', {}, element('dt', {}, name), value)),
  );
}
