export { explainRoutes, type ExplainRoutesOptions } from './explain-routes.js';
export { notifyRoutes } from './notify-routes.js';
