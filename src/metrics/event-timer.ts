// `monitoring.event.timer`: how long events take from their arrival until they are stable, over the last few
// samples.

export interface TimerFigures {
  /** Events since the start. */
  readonly count: number;
  /** Over the window, milliseconds; 0 when nothing was timed yet. */
  readonly meanMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/**
 * Keeps the newest `windowSize` samples; one sample is one batch, which cost all of its events the same time.
 */
export class EventTimer {
  readonly #window: Float64Array;
  #samples = 0;
  #events = 0;

  constructor(windowSize: number) {
    this.#window = new Float64Array(windowSize);
  }

  record(durationMs: number, events: number): void {
    this.#window[this.#samples++ % this.#window.length] = durationMs;
    this.#events += events;
  }

  figures(): TimerFigures {
    const sorted = this.#window.slice(0, Math.min(this.#samples, this.#window.length)).sort();
    const at = (quantile: number) => sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? 0;
    const sum = sorted.reduce((total, value) => total + value, 0);
    return {
      count: this.#events,
      meanMs: sorted.length === 0 ? 0 : sum / sorted.length,
      minMs: at(0),
      maxMs: at(1),
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
    };
  }
}
