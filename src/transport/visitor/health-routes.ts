/** `/server/about`, `/server/isAlive` and `/metrics`: what balancers, monitors and people ask a node. */
import type { HotRoute } from '../edge/index.js';
import { respondError } from './answers.js';

export interface About {
  application: string;
  node: string;
  version: string;
  startedAt: number;
  serving: boolean;
  reason?: string;
  addresses: Record<string, string>;
  /** What this node knows of its cluster; absent on a node alone. */
  cluster?: Record<string, unknown>;
}

/** Gives everything in the Prometheus text format. */
export interface MetricsSource {
  text(): Promise<string>;
  readonly contentType: string;
}

/** `metrics` is undefined when they are not to be published: then `/metrics` is not there. */
export function healthRoutes(about: () => About, metrics: MetricsSource | undefined): HotRoute[] {
  return [
    ...(metrics === undefined ? [] : [metricsRoute(metrics)]),
    {
      method: 'GET',
      path: '/server/about',
      bodyBytesMax: 0,
      handle: (_request, respond) => respond(200, JSON.stringify(about())),
    },
    {
      method: 'GET',
      path: '/server/isAlive',
      bodyBytesMax: 0,
      handle(_request, respond) {
        const { serving, reason } = about();
        if (serving) respond(200, JSON.stringify({ alive: true }));
        else respond(503, JSON.stringify({ alive: false, reason }), { 'retry-after': '1' });
      },
    },
  ];
}

function metricsRoute(metrics: MetricsSource): HotRoute {
  return {
    method: 'GET',
    path: '/metrics',
    bodyBytesMax: 0,
    handle(_request, respond) {
      metrics.text().then(
        (text) => respond(200, text, { 'content-type': metrics.contentType }),
        (error: unknown) => respondError(respond, error),
      );
    },
  };
}
