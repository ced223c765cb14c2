/**
 * Says what is wrong with a DSL file, with line and column: for the deploy port, the command line and the
 * recorder's drafts alike.
 */
import { closestName } from '../../base/index.js';
import { readTree, type Attribute, type Element, type Problem } from './tree.js';
import {
  actions,
  type ActionRow,
  domActions,
  ExpressionError,
  parseExpression,
  readAction,
  readDsl,
  readSelector,
  SelectorError,
} from '../language/index.js';

export type { Problem };

/** An event of a file that has no mistakes. */
export interface CheckedEvent {
  name: string;
  id: string | null;
  line: number;
  triggers: number;
  values: number;
}

export type CheckedDsl =
  | { ok: true; events: CheckedEvent[]; warnings: Problem[] }
  | { ok: false; errors: Problem[]; warnings: Problem[] };

export const dslLengthMax = 512 * 1024;
const nameLengthMax = 128;
const systemNames = ['VisitStarted', 'PageEntered', 'PageExited', 'SignIn', 'SignOut', 'UserInfo'];

interface ElementRule {
  attributes: readonly string[];
  children: readonly string[];
}

const rules: Readonly<Record<string, ElementRule>> = {
  properties: { attributes: ['debug'], children: ['events'] },
  events: { attributes: [], children: ['event'] },
  event: { attributes: ['id', 'name', 'condition', 'postcondition'], children: ['trigger', 'val'] },
  trigger: {
    attributes: ['name', 'element', 'action', 'type', 'url', 'count'],
    children: ['val'],
  },
  val: { attributes: ['name', 'value'], children: [] },
};

/**
 * Checks the text of a DSL file. Errors are what the tracker could not use; warnings what it would do
 * without.
 */
export function checkDsl(text: string): CheckedDsl {
  const checker = new Checker();
  if (text.length > dslLengthMax) {
    const message = `the file has more than ${dslLengthMax} characters`;
    return { ok: false, errors: [{ line: 1, column: 1, message }], warnings: [] };
  }
  const read = readTree(text.replace(/^\ufeff/, ''));
  if ('problem' in read) return { ok: false, errors: [read.problem], warnings: [] };
  checker.checkRoot(read.root);
  const { errors, warnings } = checker;
  if (errors.length > 0) return { ok: false, errors: errors.sort(byPlace), warnings: warnings.sort(byPlace) };
  return { ok: true, events: eventsOf(read.root), warnings: warnings.sort(byPlace) };
}

function byPlace(one: Problem, other: Problem): number {
  return one.line - other.line || one.column - other.column;
}

function eventsOf(root: Element): CheckedEvent[] {
  const elements = root.children
    .flatMap((events) => events.children)
    .filter(({ nodeName }) => nodeName === 'event');
  return [...readDsl(root)].map(({ name, triggers, values }, index) => ({
    name,
    id: elements[index]?.getAttribute('id') ?? null,
    line: elements[index]?.place.line ?? 0,
    triggers: triggers.length,
    values: values.length + triggers.reduce((sum, trigger) => sum + trigger.values.length, 0),
  }));
}

class Checker {
  readonly errors: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #lineOfId = new Map<string, number>();

  checkRoot(root: Element): void {
    if (root.nodeName !== 'properties') {
      this.#error(root, `the file begins with <properties>, not with <${root.nodeName}>`);
      return;
    }
    this.#checkShape(root);
    const [events, ...more] = childrenOf(root, 'events');
    if (events === undefined) this.#error(root, '<properties> needs <events>');
    for (const second of more) this.#error(second, 'there is one <events> only');
    for (const each of events === undefined ? [] : [events, ...more]) {
      this.#checkShape(each);
      for (const event of childrenOf(each, 'event')) this.#checkEvent(event);
    }
  }

  #error({ place }: Pick<Element, 'place'>, message: string, suggestion?: string): void {
    this.errors.push({ ...place, message, ...(suggestion === undefined ? {} : { suggestion }) });
  }

  #warn({ place }: Pick<Element, 'place'>, message: string, suggestion?: string): void {
    this.warnings.push({ ...place, message, ...(suggestion === undefined ? {} : { suggestion }) });
  }

  /** Elements and attributes that mean nothing are told, as most of them are slips of the pen. */
  #checkShape(element: Element): void {
    const rule = rules[element.nodeName];
    if (rule === undefined) return;
    for (const child of element.children) {
      if (rule.children.includes(child.nodeName)) continue;
      const message = `<${child.nodeName}> means nothing in <${element.nodeName}>`;
      this.#warn(child, message, meant(child.nodeName, rule.children));
    }
    for (const [name, attribute] of element.attributes) {
      if (rule.attributes.includes(name)) continue;
      this.#warn(attribute, `${name} means nothing on <${element.nodeName}>`, meant(name, rule.attributes));
    }
  }

  #checkEvent(event: Element): void {
    this.#checkShape(event);
    this.#checkName(event);
    this.#checkId(event);
    this.#checkExpression(event, 'condition');
    this.#checkExpression(event, 'postcondition');
    const triggers = childrenOf(event, 'trigger');
    if (triggers.length === 0) this.#error(event, 'an event needs a <trigger>');
    const names = new Set<string>();
    for (const trigger of triggers) {
      const name = valueOf(trigger, 'name');
      if (name !== '' && names.has(name)) this.#warn(trigger, `a second trigger of the name "${name}"`);
      names.add(name);
      this.#checkTrigger(trigger);
    }
    for (const value of childrenOf(event, 'val')) this.#checkValue(value);
  }

  #checkName(event: Element): void {
    const name = valueOf(event, 'name');
    const where = event.attributes.get('name') ?? event;
    if (name === '') this.#error(where, 'an event needs a name');
    else if (name.length > nameLengthMax)
      this.#error(where, `a name has at most ${nameLengthMax} characters`);
    else if (systemNames.includes(name)) {
      this.#warn(where, `${name} is an event of the tracker's own; it is sent as such`);
    }
  }

  #checkId(event: Element): void {
    const id = valueOf(event, 'id');
    if (id === '') return;
    const line = this.#lineOfId.get(id);
    if (line === undefined) this.#lineOfId.set(id, event.place.line);
    else
      this.#error(
        event.attributes.get('id') ?? event,
        `the id "${id}" is taken by the event on line ${line}`,
      );
  }

  #checkTrigger(trigger: Element): void {
    this.#checkShape(trigger);
    this.#checkAction(trigger);
    this.#checkSelector(trigger);
    this.#checkCount(trigger);
    for (const value of childrenOf(trigger, 'val')) this.#checkValue(value);
  }

  #checkAction(trigger: Element): void {
    const written = valueOf(trigger, 'action');
    const where = trigger.attributes.get('action') ?? trigger;
    if (written === '') {
      this.#warn(where, 'no action; "click" is taken');
      return;
    }
    const { name, amount } = readAction(written, valueOf(trigger, 'type'));
    const row = (actions as Readonly<Record<string, ActionRow>>)[name];
    if (row === undefined) {
      if (/\s/.test(name)) this.#error(where, `"${name}" is no event: write a trigger for each`);
      else if (!domActions.includes(name.toLowerCase())) {
        const known = [...domActions, ...Object.keys(actions)];
        this.#warn(where, `no event of browsers is called "${name}"`, meant(name, known));
      }
      return;
    }
    const hasNumber = amount !== undefined;
    if (row.amount === 'needed' && !hasNumber) {
      this.#error(where, `${name} needs a number (${row.unit ?? ''}), such as ${name}:30000`);
    } else if (written.includes(':') && (row.amount === 'none' || !hasNumber)) {
      this.#error(where, row.amount === 'none' ? `${name} takes no number` : `"${written}" has no number`);
    }
    if (row.needsElement === true && valueOf(trigger, 'element') === '') {
      this.#error(where, `${name} needs an element`);
    }
    if (name === 'timer') this.#checkTimerType(trigger);
  }

  #checkTimerType(trigger: Element): void {
    const type = valueOf(trigger, 'type');
    const where = trigger.attributes.get('type') ?? trigger;
    if (type === '') this.#warn(where, 'a timer has a type; "timeout" is taken');
    else if (type !== 'timeout' && type !== 'nomove') {
      this.#error(where, `a timer's type is timeout or nomove, not "${type}"`);
    }
  }

  #checkSelector(trigger: Element): void {
    const attribute = trigger.attributes.get('element');
    if (attribute === undefined || attribute.value.trim() === '') return;
    try {
      readSelector(attribute.value);
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
      this.#error({ place: attribute.placeIn(error.at) }, error.message);
    }
  }

  #checkCount(trigger: Element): void {
    const attribute = trigger.attributes.get('count');
    if (attribute === undefined || /^\s*$|^\s*[1-9]\d{0,5}\s*$/.test(attribute.value)) return;
    this.#error(attribute, `count is a whole number from 1, not "${attribute.value}"`);
  }

  #checkValue(value: Element): void {
    this.#checkShape(value);
    if (valueOf(value, 'name') === '') this.#error(value, 'a <val> needs a name');
    if (valueOf(value, 'value') === '') this.#warn(value, 'a <val> without a value is always empty');
    this.#checkExpression(value, 'value');
  }

  #checkExpression(element: Element, name: string): void {
    const attribute = element.attributes.get(name);
    if (attribute === undefined || attribute.value.trim() === '') return;
    try {
      parseExpression(attribute.value, {});
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.#error({ place: attribute.placeIn(error.at) }, `${name}: ${error.message}`);
    }
  }
}

function childrenOf(element: Element, name: string): Element[] {
  return element.children.filter(({ nodeName }) => nodeName === name);
}

function valueOf(element: Element, name: string): string {
  const attribute: Attribute | undefined = element.attributes.get(name);
  return attribute?.value.trim() ?? '';
}

function meant(written: string, known: readonly string[]): string | undefined {
  const found = closestName(written, known);
  return found === undefined ? undefined : `did you mean "${found}"?`;
}
