export { App } from './app.js';
export { PageContext, type PageTools } from './page-context.js';
