// The metrics catalogue: every metric that a node publishes, with how to read it.
import { caches } from './catalogue/caches.js';
import { cluster } from './catalogue/cluster.js';
import { durations } from './catalogue/durations.js';
import { keeping } from './catalogue/keeping.js';
import { ports } from './catalogue/ports.js';
import { running } from './catalogue/running.js';
import { engagements, traffic } from './catalogue/traffic.js';
import type { MetricRow } from './metric-row.js';

export const metricCatalogue: readonly MetricRow[] = [
  ...traffic,
  ...engagements,
  ...durations,
  ...caches,
  ...ports,
  ...keeping,
  ...cluster,
  ...running,
];
