/**
 * What the default port serves of a visit beyond its history: why rules fired, and pushing to its browser.
 */
import type { FastifyPluginCallback } from 'fastify';
import type { Routing } from '../../../cluster/index.js';
import { type ExplainRoutesOptions, explainRoutes } from './explain-routes.js';
import { notifyRoutes } from './notify-routes.js';

export interface VisitRoutesOptions extends ExplainRoutesOptions {
  routing: Pick<Routing, 'ask'>;
}

export function visitRoutes(options: VisitRoutesOptions): FastifyPluginCallback {
  return (application, _options, done) => {
    void application.register(explainRoutes(options));
    void application.register(notifyRoutes(options.routing));
    done();
  };
}
