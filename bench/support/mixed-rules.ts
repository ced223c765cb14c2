/** A package of mixed families, as a busy shop might have: the same text for the same count. */

const windows = ['30s', '1m', '2m', '5m'];

/** DRL text of `count` rules that take turns between the five families, on categories and names by number. */
export function mixedRules(count: number): string {
  const rules = Array.from({ length: count }, (_, index) => ruleOf(index));
  const head =
    'package com.beckon.bench\n\ndeclare Event\n  @role( event )\n  @timestamp( timestamp )\nend\n';
  return `${head}\n${rules.join('\n')}`;
}

function ruleOf(index: number): string {
  const [name, next] = [`Step${index % 25}`, `Step${(index + 7) % 25}`];
  const category = `category-${index % 20}`;
  const window = windows[index % windows.length] ?? '1m';
  switch (index % 5) {
    case 0:
      return rule(
        index,
        [`$e : Event( eventName == "${name}", categories contains "${category}", data["price"] > 950 )`],
        '$e',
      );
    case 1:
      return rule(
        index,
        [
          `$a : Event( eventName == "${name}", categories contains "${category}" )`,
          `$e : Event( eventName == "${next}", data["price"] > 800, this after[0s,${window}] $a )`,
        ],
        '$e',
      );
    case 2:
      return rule(
        index,
        [
          `$a : Event( categories contains "${category}", eventName == "${name}" )`,
          `$e : Event( categories contains "category-${(index + 3) % 20}", eventName == "${next}", ` +
            `data["price"] > 800, this after[-${window},${window}] $a )`,
        ],
        '$e',
      );
    case 3:
      return rule(
        index,
        [
          `accumulate( $c : Event( eventName == "${name}", categories contains "${category}" ) ` +
            `over window:time( ${window} ); $n : count( $c ); $n >= 4 )`,
        ],
        null,
      );
    default:
      return rule(
        index,
        [`$e : Event( eventName == "Search", data["searchString"] contains "word9${index}" )`],
        '$e',
      );
  }
}

function rule(index: number, conditions: readonly string[], event: string | null): string {
  const name = `rule ${index}`;
  const action = event === null ? `emitVisit( "${name}" );` : `emitActionable( ${event}, "${name}" );`;
  return `rule "${name}"\nwhen\n  ${conditions.join('\n  ')}\nthen\n  ${action}\nend\n`;
}
