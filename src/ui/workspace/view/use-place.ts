/**
 * Where the agent is, kept in the address: the chosen chat, and on a small screen the pane. A reload shows
 * the same.
 */
import { useCallback, useSyncExternalStore } from 'react';

export type Pane = 'list' | 'conversation' | 'visitor';

export interface Place {
  chatId: string | null;
  pane: Pane;
}

const moved = 'beckon:moved';

function listen(listener: () => void): () => void {
  window.addEventListener('popstate', listener);
  window.addEventListener(moved, listener);
  return () => {
    window.removeEventListener('popstate', listener);
    window.removeEventListener(moved, listener);
  };
}

/** The place, and how to go to another; the browser's back button goes the same way back. */
export function usePlace(): [Place, (place: Place) => void] {
  const query = useSyncExternalStore(listen, () => window.location.search);
  const go = useCallback(({ chatId, pane }: Place) => {
    const params = new URLSearchParams();
    if (chatId !== null) params.set('chat', chatId);
    if (pane !== 'list') params.set('pane', pane);
    const search = params.size === 0 ? '' : `?${params.toString()}`;
    if (search === window.location.search) return;
    window.history.pushState(null, '', window.location.pathname + search);
    window.dispatchEvent(new Event(moved));
  }, []);
  return [placeOf(query), go];
}

function placeOf(query: string): Place {
  const params = new URLSearchParams(query);
  const pane = params.get('pane');
  const chatId = params.get('chat');
  return { chatId, pane: chatId !== null && (pane === 'conversation' || pane === 'visitor') ? pane : 'list' };
}
