/** Writes rules of the families as DRL: the one form that `readFamilyPackage` knows again. */
import { formatDuration } from '../language/durations.js';
import type { EventTest, FamilyPackage, FamilyRule } from './types.js';

/** The declared fact that says a rule has fired: its presence makes `once per visit`. */
export const firedType = 'FamilyFired';

export function writeFamilyPackage(pack: FamilyPackage): string {
  const once = pack.rules.some((rule) => rule.oncePerVisit === true);
  const parts = [`package ${pack.name};`, 'declare Event\n  @role( event )\n  @timestamp( timestamp )\nend'];
  if (once) parts.push(`declare ${firedType}\n  rule : String\nend`);
  return `${[...parts, ...pack.rules.map(writeFamilyRule)].join('\n\n')}\n`;
}

export function writeFamilyRule(rule: FamilyRule): string {
  const name = quoted(rule.name);
  const { when, then } = linesOf(rule);
  if (rule.oncePerVisit === true) {
    when.push(`not ${firedType}( rule == ${name} )`);
    then.push(`insert( new ${firedType}( ${name} ) );`);
  }
  const salience = rule.salience === undefined ? '' : `\n  salience ${rule.salience}`;
  return `rule ${name}${salience}\nwhen\n${indented(when)}\nthen\n${indented(then)}\nend`;
}

interface Lines {
  readonly when: string[];
  readonly then: string[];
}

function linesOf(rule: FamilyRule): Lines {
  const name = quoted(rule.name);
  const emit = (event: string): string => `emitActionable( ${event}, ${name} );`;
  const startOver = rule.startOverAfterFiring === true;
  switch (rule.family) {
    case 'singleton':
      return lines(
        [`$event1 : Event( ${writeTest(rule.event)} )`],
        emit('$event1'),
        startOver ? ['$event1'] : [],
      );
    case 'search':
      return lines([`$event1 : Event( ${searchTest(rule)} )`], emit('$event1'), startOver ? ['$event1'] : []);
    case 'sequence': {
      const range = rule.withinMs === undefined ? '' : `[1ms,${formatDuration(rule.withinMs)}]`;
      const when = rule.events.map((test, index) => {
        if (index === 0) return `$event1 : Event( ${writeTest(test)} )`;
        return `$event${index + 1} : Event( this after${range} $event${index}, ${writeFollowing(test)} )`;
      });
      return lines(when, emit(`$event${rule.basedOn + 1}`), startOver ? names(rule.events.length) : []);
    }
    case 'set': {
      const patterns = rule.events.map(
        (test, index) => `$event${rule.operator === 'any' ? 1 : index + 1} : Event( ${writeTest(test)} )`,
      );
      if (rule.operator === 'any')
        return lines([`( ${patterns.join(' or ')} )`], emit('$event1'), startOver ? ['$event1'] : []);
      return lines(patterns, emit(`$event${rule.basedOn + 1}`), startOver ? names(rule.events.length) : []);
    }
    case 'counter': {
      const window =
        rule.withinMs === undefined ? '' : ` over window:time( ${formatDuration(rule.withinMs)} )`;
      const when =
        `$events : List( size == ${rule.count} ) from collect( Event( ` +
        `${writeTest(rule.event)} )${window} )`;
      return lines([when], emit(`(Event) $events.get( ${rule.count - 1} )`), startOver ? ['$events'] : []);
    }
  }
}

function lines(when: string[], emit: string, used: readonly string[]): Lines {
  return { when, then: [emit, ...used.map((name) => `delete( ${name} );`)] };
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `$event${index + 1}`);
}

/** A category alone means a page transition; a name means any event of that name. */
function writeTest(test: EventTest): string {
  if (test.kind === 'name') return `eventName == ${quoted(test.name)}`;
  return `eventName == "PageEntered", categories contains ${quoted(test.category)}`;
}

/** What follows may be any event with the category. */
function writeFollowing(test: EventTest): string {
  return test.kind === 'name' ? writeTest(test) : `categories contains ${quoted(test.category)}`;
}

function searchTest(rule: Extract<FamilyRule, { family: 'search' }>): string {
  const base = 'eventName == "Search"';
  if (rule.match === 'any') return base;
  return (
    `${base}, data["searchString"] ${rule.match === 'contains' ? 'contains' : '=='} ` + quoted(rule.value)
  );
}

/** JSON's escapes are all DRL's too. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function indented(items: readonly string[]): string {
  return items.map((item) => `  ${item}`).join('\n');
}
