/** The present moment for a component that shows ages or countdowns. */
import { useEffect, useState } from 'react';

/** Epoch milliseconds, renewed every `everyMs` while the component is shown; `null` stands still. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === null) return;
    const renew = () => setNow(Date.now());
    renew();
    const timer = setInterval(renew, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
