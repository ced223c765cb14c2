export { agentMachine, agentView, offerView, type AgentState } from './agent.js';
