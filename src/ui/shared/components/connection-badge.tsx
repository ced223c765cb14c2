/** Whether live data flows. Always in sight, told to screen readers when it changes. */
import type { ConnectionState } from '../push.js';

export function ConnectionBadge({ state, label }: { state: ConnectionState; label: string }) {
  return (
    <span className="connection" role="status" data-testid="connection-state" data-state={state}>
      <span className="connection-dot" aria-hidden="true" />
      {label}
    </span>
  );
}
