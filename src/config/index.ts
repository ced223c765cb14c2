export {
  type CataloguedOption,
  type Options,
  type SectionName,
  allOptions,
  optionCatalogue,
} from './catalogue.js';
export {
  type Configuration,
  type ConfigurationSource,
  type LoadResult,
  type NodeAddress,
  type NodePorts,
  loadConfiguration,
} from './load.js';
export type { OptionRow, OptionScope } from './option-row.js';
export type { AgentAccount, AgentGroup } from './people.js';
export { hashPassword, noPasswordHash, verifyPassword } from './password.js';
export { type ConfigProblem, formatProblem } from './problem.js';
export type { ResourceAccessPoint } from './access-points.js';
export { redacted, redactedOptions } from './redact.js';
export { settingsOf } from './settings.js';
