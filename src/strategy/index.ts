export { createDefaultPolicy } from './default-policy.js';
export type { EngagementPolicy, PolicyDecision, PolicyRequest } from './policy.js';
