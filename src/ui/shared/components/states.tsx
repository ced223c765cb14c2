/** What a page shows when it has nothing, nothing yet, or a failure. */
import type { ReactNode } from 'react';
import { Button } from './button.js';

/**
 * Grey lines in place of what loads. The style sheet shows them after 200 ms only, so that quick pages do not
 * flicker.
 */
export function Skeleton({ label, lineCount = 3 }: { label: string; lineCount?: number }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lineCount }, (_, index) => (
        <span className="skeleton-line" key={index} />
      ))}
    </div>
  );
}

export function EmptyState({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      <p className="state-text">{children}</p>
    </div>
  );
}

export interface ErrorStateProps {
  title: string;
  advice: string;
  /** A ready text that names the request, or null. */
  request: string | null;
  retryLabel: string;
  onRetry: () => void;
}

export function ErrorState({ title, advice, request, retryLabel, onRetry }: ErrorStateProps) {
  return (
    <div className="state" role="alert">
      <p className="state-title state-wrong">{title}</p>
      <p className="state-text">{advice}</p>
      {request !== null && <p className="state-request">{request}</p>}
      <Button onPress={onRetry}>{retryLabel}</Button>
    </div>
  );
}
