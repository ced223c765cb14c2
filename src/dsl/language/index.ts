export {
  actions,
  domActions,
  readAction,
  type ActionCall,
  type ActionRow,
  type OwnAction,
} from './actions.js';
export {
  readDsl,
  type EventDefinition,
  type TriggerDefinition,
  type ValueDefinition,
  type XmlElement,
} from './definitions.js';
export { parseExpression, type Expression, type Scope } from './expression.js';
export { readSelector, SelectorError, type Filter, type Step } from './selector.js';
export { ExpressionError } from './tokens.js';
