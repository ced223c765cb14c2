export { chatIdOf, engagementMachine, invitationOf } from './engagement.js';
export { isFinal, toResource as engagementResource, type EngagementProfile } from './state.js';
