export { createSessionTokens, sessionCookieName, type SessionTokens } from './session-token.js';
export { workspaceRoutes, type Person, type WorkspaceRoutesOptions } from './workspace-routes.js';
