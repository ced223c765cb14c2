export { App } from './app.js';
export { PageContext } from './page-context.js';
