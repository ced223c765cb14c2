export { categoriesRoute, type CategoriesRouteOptions } from './categories-route.js';
export { chatRoutes, messageOf, type ChatRoutesOptions } from './chat-routes.js';
export { dispositionRoute } from './disposition-route.js';
export { eventsRoute, type EventsRouteOptions } from './events-route.js';
export { createLiveMatcher, type CategorySource, type LiveMatcher } from './live-matcher.js';
export { healthRoutes, type About, type MetricsSource } from './health-routes.js';
export { dslRoute, type DslRouteOptions } from './dsl-route.js';
export { createBotFilter, type BotFilter } from './bots.js';
export { createVisitBinding, type VisitBinding, type VisitBindingOptions } from './visit-binding.js';
