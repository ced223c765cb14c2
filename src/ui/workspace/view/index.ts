export { App } from './app.js';
export { WorkspaceContext } from './workspace-context.js';
