export { privacyRoutes, type PrivacyRoutesOptions } from './privacy-routes.js';
