/** What is refused, where, and what to write instead; and that nothing at all makes the reader throw. */
import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RuleWarning, compilePackage } from '../../../src/rules/index.js';

/** Compiles one rule around `when`, on line 2. */
function errorsOf(text: string): string[] {
  const compiled = compilePackage(`package p;\n${text}`);
  if (compiled.ok) return [];
  return compiled.errors.map(
    ({ line, column, message, suggestion }) =>
      `${line}:${column} ${message}${suggestion === undefined ? '' : ` | ${suggestion}`}`,
  );
}

function whenErrors(when: string): string[] {
  return errorsOf(`rule r when ${when} then emitVisit( "r" ); end`);
}

describe('errors', () => {
  const cases: [when: string, wanted: RegExp][] = [
    [
      'Event( eventNam == "A" )',
      /^2:20 Event has no field eventNam \| Did you mean eventName, or data\["eventNam"\]/,
    ],
    ['Event( sku == "A" )', /no field sku \| Write data\["sku"\]/],
    ['Evnt()', /there is no type Evnt \| Did you mean Event/],
    ['Event( eventName = "A" )', /"=" sets a value.* \| Write == instead/],
    ['Event( eventName === "A" )', /Write == instead/],
    ['Event( eventName contain "A" )', /"contain" is not an operator \| Did you mean contains/],
    ['Event( eventName == "A" ', /"," or "\)" expected in the pattern/],
    ['Event( eventName == "A )', /this string is never closed/],
    ['Event( this after $x )', /\$x is not bound before this place/],
    ['$a : Event() Event( this after[10q] $a )', /duration.*expected.* \| Write a duration such as/],
    ['$a : Event() Event( this after "x" )', /after compares two events/],
    ['Event( timestamp contains 5 )', /contains needs a list or a text/],
    ['Event( categories == "A" )', /a list cannot equal a text \| Write contains/],
    ['Event( eventName > 5 )', /eventName is a text and has no order/],
    ['Event( eventName matches "(" )', /this is not a regular expression/],
    ['Event( eventName matches "(a)\\\\1" )', /a back reference .* is not supported/],
    ['Event( eventName matches "(?=a)" )', /looking around .* is not supported/],
    ['Event( eventName matches "a++" )', /possessive/],
    ['Event( eventName soundslike "A" )', /soundslike is not supported/],
    ['Event( eventName )', /must be true or false/],
    ['Event() over window:time( 0s )', /longer than 0/],
    ['Event() over window:tme( 5s )', /window:tme does not exist/],
    [
      'accumulate( Event(); $n : cont(); $n > 1 )',
      /"cont" is not a function of accumulate \| Did you mean count/,
    ],
    ['accumulate( Event(); $n : sum(); $n > 1 )', /sum needs a value/],
    ['accumulate( Event(), init( int x = 0; ), action(), result( x ) )', /init\( … \) code is not supported/],
    ['List( size > 1 )', /needs a source/],
    ['$a : Event() $a : Event()', /\$a is already bound/],
    ['Event() and', /a condition expected/],
    ['query( "x" )', /there is no type query/],
    ['Event( foo( 1 ) == 2 )', /foo\( … \) is not a function/],
    ['Event( url.lenght() == 2 )', /"lenght" is not a function \| Did you mean length/],
    ['Event( (eventName == "A" ? 1 : 2) == 1 )', /"\? :" is not supported/],
  ];
  for (const [when, wanted] of cases) {
    test(when, () => {
      expect(whenErrors(when).join('\n')).toMatch(wanted);
    });
  }

  const texts: [text: string, wanted: RegExp][] = [
    [
      'rule r agenda-group "g" when then emitVisit( "r" ); end',
      /agenda groups are not supported \| Use salience/,
    ],
    ['rule r salience $x when then emitVisit( "r" ); end', /a whole number expected after salience/],
    ['rule r lock-on-active when then emitVisit( "r" ); end', /lock-on-active is not supported/],
    ['rule r timer( cron: 0 ) when then emitVisit( "r" ); end', /cron timers are not supported/],
    ['rule r when then foo(); end', /"foo" is not a function of an action/],
    ['rule r when then emitVist( "r" ); end', /Did you mean emitVisit/],
    ['rule r when then System.out.println( "x" ); end', /an action cannot print/],
    ['rule r when then insertLogical( new X() ); end', /insertLogical is not supported/],
    ['rule r when $e : Event() then modify( $e ) { setUrl( "x" ) } end', /an Event cannot be changed/],
    ['rule r when then insert( new Event() ); end', /cannot make an Event/],
    ['declare S n : int end rule r when then insert( new S( 1, 2 ) ); end', /takes its 1 fields/],
    [
      'declare S n : int end rule r when $s : S() then modify( $s ) { setM( 1 ) } end',
      /S has no field m \| Did you mean n/,
    ],
    ['declare S n : Foo end', /a field cannot hold Foo/],
    ['rule r when then emitActionable( "x", "r" ); end', /emitActionable needs an Event first/],
    [
      'rule r when then emitVisit( "r" ) end rule r when then emitVisit( "r" ); end',
      /there are two rules named "r"/,
    ],
    ['query q end', /queries are not supported/],
    ['function void f() {}', /functions are not supported/],
    ['rul r when then end', /Did you mean rule/],
    ['rule r when Event() then emitVisit( "r" );', /"end" expected after rule "r"/],
  ];
  for (const [text, wanted] of texts) {
    test(text, () => {
      expect(errorsOf(text)[0]).toMatch(wanted);
    });
  }

  test('several mistakes are reported together, each where it stands', () => {
    const errors = errorsOf(
      'rule a when Event( x == 1 ) then emitVisit( "a" ); end\nrule b when Evnt() then ' +
        'emitVisit( "b" ); end\nrule c when Event( ) then foo(); end',
    );
    expect(errors.map((error) => error.split(' ')[0])).toEqual(['2:20', '3:13', '4:27']);
  });
});

describe('warnings', () => {
  const warningsOf = (text: string): [kind: RuleWarning['kind'], rule: string | null][] => {
    const compiled = compilePackage(`package p;\n${text}`);
    return compiled.ok
      ? compiled.warnings.map((warning) => [warning.kind, warning.rule])
      : [['style', 'errors']];
  };
  const rule = (name: string, when: string, attributes = ''): string =>
    `rule "${name}" ${attributes} when ${when} then emitVisit( "${name}" ); end\n`;
  test('a rule that cannot fire', () => {
    expect(warningsOf(rule('a', 'Event( eventName == "A", eventName == "B" )'))).toEqual([
      ['unreachable', 'a'],
    ]);
    expect(warningsOf(rule('a', 'Event( timestamp > 5, timestamp < 3 )'))).toEqual([['unreachable', 'a']]);
    expect(warningsOf(rule('a', 'Event( eventName == "Ab", eventName str[startsWith] "B" )'))).toEqual([
      ['unreachable', 'a'],
    ]);
    expect(warningsOf(`declare S n : int end ${rule('a', 'S( n > 3 )')}`)).toContainEqual([
      'unreachable',
      'a',
    ]);
    expect(warningsOf(rule('a', 'Event() from entry-point "other"'))).toEqual([['unreachable', 'a']]);
    expect(warningsOf(rule('a', 'Event( eventName == "A", timestamp > 5 )'))).toEqual([]);
  });
  test('a rule that another hides', () => {
    expect(
      warningsOf(rule('a', '$x : Event( eventName == "A" )') + rule('b', '$y : Event( eventName == "A" )')),
    ).toContainEqual(['shadowed', 'b']);
    const group =
      rule('a', 'Event( eventName == "A" )', 'activation-group "g" salience 2') +
      rule('b', 'Event( eventName == "A", url == "x" )', 'activation-group "g"');
    expect(warningsOf(group)).toContainEqual(['shadowed', 'b']);
  });
  test('state without a bound, and with one', () => {
    const after = (range: string): string =>
      rule('a', `$a : Event( eventName == "A" ) Event( eventName == "B", this after${range} $a )`);
    expect(warningsOf(after(''))).toEqual([['unbounded', 'a']]);
    expect(warningsOf(after('[0s,60s]'))).toEqual([]);
    const compiled = compilePackage(`package p;\n${after('[0s,60s]')}`);
    expect(compiled).toMatchObject({ ok: true, package: { rules: [{ bounded: true }] } });
  });
});

describe('any text at all', () => {
  const root = new URL('../../rules/cases/', import.meta.url);
  const texts = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readFileSync(new URL(`${entry.name}/rules.drl`, root), 'utf8'));
  const answers = (text: string): void => {
    const compiled = compilePackage(text);
    if (compiled.ok) return;
    expect(compiled.errors.length).toBeGreaterThan(0);
    for (const { line, column, message } of compiled.errors) {
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(message).not.toBe('');
    }
  };
  test('a text with pieces taken out, doubled or swapped gets an answer', () => {
    const pieces = fc.tuple(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 30 }), fc.constantFrom('cut', 'double', 'swap', 'quote')), {
        minLength: 1,
        maxLength: 4,
      }),
    );
    fc.assert(
      fc.property(pieces, ([text, edits]) => {
        let edited = text;
        for (const [where, length, edit] of edits) {
          const at = where % Math.max(1, edited.length);
          const piece = edited.slice(at, at + length);
          if (edit === 'cut') edited = edited.slice(0, at) + edited.slice(at + length);
          else if (edit === 'double') edited = edited.slice(0, at) + piece + edited.slice(at);
          else if (edit === 'quote') edited = `${edited.slice(0, at)}"${edited.slice(at)}`;
          else edited = edited.slice(at) + edited.slice(0, at);
        }
        answers(edited);
      }),
      { numRuns: 400 },
    );
  });
  test('tokens in any order get an answer', () => {
    const token = fc.constantFrom(
      'rule',
      'when',
      'then',
      'end',
      'declare',
      'Event',
      '(',
      ')',
      '{',
      '}',
      '[',
      ']',
      ':',
      ';',
      ',',
      '==',
      'after',
      'not',
      'exists',
      'and',
      'or',
      '||',
      '&&',
      '$a',
      '$b',
      '"x"',
      '5',
      '10s',
      'accumulate',
      'collect',
      'from',
      'over',
      'window',
      'count',
      'this',
      'insert',
      'delete',
      'modify',
      'emitVisit',
      'new',
      'salience',
      '-',
      'timer',
      'int',
      '!',
      '.',
      'data',
      '@',
      'forall',
      'eval',
      'in',
      'matches',
      'str',
      '/*',
      '#',
      "'",
      '\\',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), (tokens) =>
        answers(`package p; rule r when ${tokens.join(' ')}`),
      ),
      { numRuns: 400 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), answers), { numRuns: 200 });
  });
  test('nesting without end is refused', () => {
    expect(whenErrors(`Event( ${'('.repeat(5_000)} )`)[0]).toMatch(/nested more than/);
    expect(whenErrors('not '.repeat(5_000))[0]).toMatch(/nested more than/);
    expect(whenErrors(`Event( ${'!'.repeat(5_000)}true )`)[0]).toMatch(/nested more than/);
  });
});
