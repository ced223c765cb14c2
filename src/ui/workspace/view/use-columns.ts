/** How many panes stand side by side. The widths are those of workspace.css. */
import { useSyncExternalStore } from 'react';

const two = window.matchMedia('(min-width: 720px)');
const three = window.matchMedia('(min-width: 1100px)');

function listen(listener: () => void): () => void {
  two.addEventListener('change', listener);
  three.addEventListener('change', listener);
  return () => {
    two.removeEventListener('change', listener);
    three.removeEventListener('change', listener);
  };
}

export function useColumns(): 1 | 2 | 3 {
  return useSyncExternalStore(listen, () => (three.matches ? 3 : two.matches ? 2 : 1));
}
