export { adoptRuleSet } from './adopt.js';
export { compilePackage } from './compile.js';
export { explainRule, explainRules } from './explain/explain.js';
export { advanceClock, insertEvent, newSession, nextDeadlineMs } from './engine.js';
export { defaultRuleLimits } from './limits.js';
export { buildRuleSet, type RuleSet } from './rule-set.js';
export type { RuleSession } from './session.js';
export type {
  CompileResult,
  ConditionExplanation,
  Firing,
  RuleError,
  RuleExplanation,
  RuleInfo,
  RuleLimits,
  RulePackage,
  RuleWarning,
  SuspensionReason,
} from './types.js';
export type { EventTest, FamilyPackage, FamilyRule, RuleFamily } from './families/types.js';
export {
  familyTemplates,
  phrases,
  sayRule,
  type FamilyTemplate,
  type Phrase,
  type PhraseParameter,
} from './families/template.js';
export { writeFamilyPackage, writeFamilyRule } from './families/write-family.js';
export { readFamilyPackage, type AuthoredPackage, type AuthoredRule } from './families/read-family.js';
