/** `/server/about` and `/server/isAlive`: what a load balancer and a person ask a node. */
import type { HotRoute } from '../edge/index.js';

export interface About {
  application: string;
  node: string;
  version: string;
  startedAt: number;
  serving: boolean;
  reason?: string;
  addresses: Record<string, string>;
}

export function healthRoutes(about: () => About): HotRoute[] {
  return [
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
