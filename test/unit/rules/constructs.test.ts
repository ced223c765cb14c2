/** Each construct of the language, by what it makes fire. */
import { describe, expect, test } from 'vitest';
import { type PlayStep, played, said } from './play.js';

const A = (time: number, data = {}): PlayStep => ({ name: 'A', time, data });
const B = (time: number, data = {}): PlayStep => ({ name: 'B', time, data });
const Z = (time: number): PlayStep => ({ name: 'Z', time });

/** One rule "r" over `when`; it emits on $e when that is bound, else for the visit. */
function rule(when: string, attributes = '', then = ''): string {
  const emit =
    when.includes('$e :') || when.includes('$e:') ? 'emitActionable( $e, "r" );' : 'emitVisit( "r" );';
  return `rule "r" ${attributes} when ${when} then ${emit} ${then} end`;
}

const fired = (text: string, ...steps: PlayStep[]): string[] => said(played(text, steps));

describe('comparisons', () => {
  const cases: [condition: string, data: object, matches: boolean][] = [
    ['data["k"] == null', {}, true],
    ['data["k"] != null', {}, false],
    ['data["k"] != "x"', {}, true],
    ['data["k"] > 1', {}, false],
    ['data["k"] < 1', {}, false],
    ['data["k"] > 100', { k: '150' }, true],
    ['data["k"] == 150', { k: '150' }, true],
    ['data["k"] == "150"', { k: 150 }, true],
    ['data["k"] == true', { k: true }, true],
    ['data["k"] > "b"', { k: 'c' }, true],
    ['data["k"] > 1', { k: 'many' }, false],
    ['data["k"] contains "x"', {}, false],
    ['data["k"] not contains "x"', {}, true],
    ['data["k"] contains "x"', { k: ['x', 'y'] }, true],
    ['data["k"] excludes "x"', { k: ['y'] }, true],
    ['"x" memberOf data["k"]', { k: ['x'] }, true],
    ['data["k"] not memberOf ["x","y"]', { k: 'z' }, true],
    ['data["k"] in ( "x", 5 )', { k: '5' }, true],
    ['data["k"] not in ( "x" )', {}, true],
    ['data["k"] matches "ab+"', { k: 'abb' }, true],
    ['data["k"] matches "ab+"', { k: 'xabb' }, false],
    ['data["k"] matches ".*b.*"', { k: 'a\nb' }, false],
    ['data["k"] matches "(?i)AB"', { k: 'ab' }, true],
    ['data["k"] matches "a.c"', { k: 'a\rc' }, false],
    ['data["k"] not matches "a"', {}, true],
    ['data["k"] matches "a\\\\.b.*"', { k: 'a.bc' }, true],
    ['data["k"] str[startsWith] "ab"', { k: 'abc' }, true],
    ['data["k"] str[endsWith] "bc"', { k: 'abc' }, true],
    ['data["k"] str[length] 3', { k: 'abc' }, true],
    ['data["k"] str[startsWith] "ab"', {}, false],
    ['data["k"] > 3 && < 10', { k: 5 }, true],
    ['data["k"] == "a" || == "b"', { k: 'b' }, true],
    ['!( data["k"] == "a" )', { k: 'b' }, true],
    ['data["k"] + 1 == 3', { k: 2 }, true],
    ['data["k"] + 1 == "21"', { k: '2' }, true],
    ['data["k"] * 2 - 1 >= 9 % 5', { k: 3 }, true],
    ['data["k"].length() == 3', { k: 'abc' }, true],
    ['data["k"].toLowerCase() == "abc"', { k: 'ABC' }, true],
    ['data.k == 5', { k: 5 }, true],
    ['data["a"]["b"] == 5', { a: { b: 5 } }, true],
    ['data.get("k") == 5', { k: 5 }, true],
    ['data contains "k"', { k: 5 }, true],
    ['data["constructor"] == null', {}, true],
    ['eventName == "A" && timestamp >= 1000', {}, true],
    ['url str[startsWith] "https:"', {}, true],
    ['categories.size() == 0', {}, true],
    ['visitID == "V1", pageID == "P1", eventType == "BUSINESS", eventID == "E0"', {}, true],
  ];
  for (const [condition, data, matches] of cases) {
    test(`${condition} with ${JSON.stringify(data)}`, () => {
      expect(fired(rule(`$e : Event( ${condition} )`), A(1_000, data))).toEqual(matches ? ['r@1000(0)'] : []);
    });
  }
});

describe('time between events', () => {
  const cases: [operator: string, laterMs: number, matches: boolean][] = [
    ['after', 0, false],
    ['after', 1, true],
    ['after', -1, false],
    ['not after', 0, true],
    ['after[5ms]', 5, true],
    ['after[5ms]', 4, false],
    ['after[0s,10s]', 10_000, true],
    ['after[0s,10s]', 10_001, false],
    ['before', -1, true],
    ['before', 0, false],
    ['before[1s,2s]', -2_000, true],
    ['before[1s,2s]', -999, false],
    ['after[-1s,1s]', -1_000, true],
    ['coincides', 0, true],
    ['coincides', 1, false],
    ['coincides[5ms]', -5, true],
    ['coincides[5ms]', 6, false],
    ['meets', 0, true],
    ['meets', 1, false],
    ['metby[2ms]', 2, true],
    ['during', 0, false],
    ['overlaps', 0, false],
  ];
  for (const [operator, laterMs, matches] of cases) {
    test(`this ${operator}, ${laterMs} ms later`, () => {
      const text = rule(`$a : Event( eventName == "A" ) $e : Event( eventName == "B", this ${operator} $a )`);
      expect(fired(text, A(50_000), B(50_000 + laterMs)).length).toBe(matches ? 1 : 0);
    });
  }
});

describe('conditions', () => {
  test('a sequence fires for each pair', () => {
    const text = rule('$a : Event( eventName == "A" ) $e : Event( eventName == "B", this after $a )');
    expect(fired(text, A(1), A(2), B(3), B(4))).toEqual(['r@3(2)', 'r@3(2)', 'r@4(3)', 'r@4(3)']);
  });
  test('a late event completes an older one', () => {
    const text = rule('$e : Event( eventName == "A" ) Event( eventName == "B", this after $e )');
    expect(fired(text, B(5_000), A(1_000))).toEqual(['r@5000(1)']);
  });
  test('one event fills both patterns unless told otherwise', () => {
    expect(fired(rule('$a : Event( eventName == "A" ) $e : Event( eventName == "A" )'), A(1))).toHaveLength(
      1,
    );
    expect(fired(rule('$a : Event( eventName == "A" ) $e : Event( this != $a )'), A(1))).toEqual([]);
  });
  test('or fires for each branch, || once', () => {
    const event: PlayStep = { name: 'A', time: 1, category: 'x' };
    expect(
      fired(rule('( $e : Event( eventName == "A" ) or $e : Event( categories contains "x" ) )'), event),
    ).toHaveLength(2);
    expect(
      fired(rule('$e : ( Event( eventName == "A" ) or Event( categories contains "x" ) )'), event),
    ).toHaveLength(2);
    expect(fired(rule('$e : Event( eventName == "A" || categories contains "x" )'), event)).toHaveLength(1);
    expect(
      fired(rule('(or $e : Event( eventName == "A" ) $e : Event( eventName == "B" ))'), event),
    ).toHaveLength(1);
  });
  test('exists fires once, however many there are', () => {
    expect(
      fired(
        rule('exists Event( eventName == "A" ) exists Event( eventName == "B" )'),
        A(1),
        A(2),
        B(3),
        B(4),
      ),
    ).toEqual(['r@3']);
  });
  test('not over a group, exists over a group', () => {
    const group = '( Event( eventName == "A" ) and Event( eventName == "B" ) )';
    expect(fired(rule(`$e : Event( eventName == "Z" ) not ${group}`), A(1), Z(2), B(3), Z(4))).toEqual([
      'r@2(1)',
    ]);
    expect(fired(rule(`$e : Event( eventName == "Z" ) exists ${group}`), A(1), Z(2), B(3), Z(4))).toEqual([
      'r@3(1)',
      'r@4(3)',
    ]);
  });
  test('not( A or B ) denies both', () => {
    const text = rule(
      '$e : Event( eventName == "Z" ) not( Event( eventName == "A" ) or Event( eventName == "B" ) )',
    );
    expect(fired(text, Z(1), B(2), Z(3))).toEqual(['r@1(0)']);
  });
  test('forall over nothing is true, then false, then true again when the culprit goes', () => {
    const text = `${rule('forall( $p : Event( eventName == "A" ) Event( this == $p, data["ok"] == "y" ) )')}
      rule "drop" salience -1 when $b : Event( eventName == "B" ) $bad :
        Event( eventName == "A", data["ok"] != "y" ) then delete( $bad ); end`;
    expect(fired(text, Z(1), A(2, { ok: 'y' }), A(3), B(4))).toEqual(['r@1', 'drop@4', 'r@4']);
  });
  test('a session is first evaluated after its first event', () => {
    expect(fired(rule('not Event( eventName == "A" )'), 500, A(1_000), B(2_000))).toEqual([]);
    expect(fired(rule('not Event( eventName == "A" )'), B(1_000), A(2_000))).toEqual(['r@1000']);
  });
  test('an empty when part fires once', () => {
    expect(fired('rule "r" when then emitVisit( "r" ); end', A(1), A(2))).toEqual(['r@1']);
  });
  test('eval and bound fields', () => {
    const text = rule(
      '$a : Event( eventName == "A", $x : data["x"] ) $e : Event( eventName == "B", $y : ' +
        'data["x"] ) eval( $x + $y == 5 )',
    );
    expect(fired(text, A(1, { x: 2 }), B(2, { x: 2 }), B(3, { x: 3 }))).toEqual(['r@3(2)']);
  });
  test('join on a remembered field of any kind', () => {
    const text = rule(
      '$a : Event( eventName == "A" ) $e : Event( eventName == "B", url == $a.url, ' +
        'data["sku"] == $a.data["sku"] )',
    );
    expect(fired(text, A(1, { sku: 's' }), B(2, { sku: 't' }), B(3, { sku: 's' }))).toEqual(['r@3(2)']);
  });
});

describe('absence with a deadline', () => {
  const text = rule('$e : Event( eventName == "A" ) not Event( eventName == "B", this after[0s,30s] $e )');
  test('fires by itself, exactly when time is up', () => {
    expect(fired(text, A(1_000), 30_999)).toEqual([]);
    expect(fired(text, A(1_000), 31_000)).toEqual(['r@31000(0)']);
    expect(fired(text, A(1_000), Z(90_000))).toEqual(['r@31000(0)']);
  });
  test('a blocker in time prevents it, one at the deadline comes too late', () => {
    expect(fired(text, A(1_000), B(30_999), 90_000)).toEqual([]);
    expect(fired(text, A(1_000), B(31_000), 90_000)).toEqual(['r@31000(0)']);
  });
  test('a late event whose deadline has passed fires at once', () => {
    expect(
      fired(
        rule(
          '$e : Event( eventName == "A" ) not Event( eventName == "B", this after[0s,5s] ' +
            '$e ) not Event( eventName == "never" )',
        ),
        Z(60_000),
        A(50_000),
      ),
    ).toEqual(['r@60000(1)']);
  });
});

describe('accumulate', () => {
  const count = (test_: string, window = ''): string =>
    rule(`accumulate( $x : Event( eventName == "A" )${window}; $n : count( $x ); ${test_} )`);
  test('count over nothing is 0 and matches', () => {
    expect(fired(count('$n == 0'), Z(1))).toEqual(['r@1']);
  });
  test('windows of time leave out an event exactly as old', () => {
    expect(fired(count('$n == 2', ' over window:time( 10s )'), A(0), A(10_000), A(10_001))).toEqual([
      'r@10001',
    ]);
  });
  test('windows of length fire on each further event', () => {
    expect(fired(count('$n == 2', ' over window:length( 2 )'), A(1), A(2), A(3))).toEqual(['r@2', 'r@3']);
  });
  test('sum, min, max and average leave out null', () => {
    const text = `rule "r" when accumulate( Event( eventName == "A", $v : data["v"] ); $s : sum( $v ),
        $i : min( $v ), $a : max( $v ), $m : average( $v ); $s >= 6 )
      then setUserData( "all", $s + "," + $i + "," + $a + "," + $m ); emitVisit( "r" ); end`;
    expect(played(text, [A(1, { v: 2 }), A(2), A(3, { v: '4' })])[0]?.userData).toEqual({ all: '6,2,4,3' });
  });
  test('the older forms: Number from accumulate, List from collect', () => {
    expect(
      fired(
        rule('$n : Number( intValue >= 2 ) from accumulate( $x : Event( eventName == "A" ), count( $x ) )'),
        A(1),
        A(2),
      ),
    ).toEqual(['r@2']);
    expect(fired(rule('List( size == 0 ) from collect( Event( eventName == "A" ) )'), Z(1))).toEqual(['r@1']);
    expect(
      fired(
        rule('$l : List( size >= 2, size < 3 ) from collect( Event( eventName == "A" ) )'),
        A(1),
        A(2),
        A(3),
      ),
    ).toEqual(['r@2']);
  });
  test('a group inside accumulate', () => {
    const text = rule(
      'accumulate( ( $a : Event( eventName == "A" ) and Event( eventName == "B", this ' +
        'after $a ) ); $n : count(); $n == 2 )',
    );
    expect(fired(text, A(1), B(2), B(3), A(4))).toEqual(['r@3']);
  });
});

describe('attributes', () => {
  test('salience before declaration', () => {
    const one = (name: string, salience: number): string =>
      `rule "${name}" salience ${salience} when Event( eventName == "A" ) then emitVisit( "${name}" ); end`;
    expect(fired(`${one('low', -1)} ${one('first', 5)} ${one('second', 5)}`, A(1))).toEqual([
      'first@1',
      'second@1',
      'low@1',
    ]);
  });
  test('enabled false and dates', () => {
    expect(fired(rule('$e : Event()', 'enabled false'), A(1))).toEqual([]);
    const text = rule('$e : Event()', 'date-effective "2024-01-02" date-expires "04-Jan-2024"');
    const day = (date: number): number => Date.UTC(2024, 0, date);
    expect(fired(text, A(day(1)), A(day(2)), A(day(4)))).toEqual([`r@${day(2)}(1)`]);
  });
  test('timers start with the match, end with it, and repeat', () => {
    expect(fired(rule('$e : Event( eventName == "A" )', 'timer( int: 5s )'), A(1_000), 5_999, 6_000)).toEqual(
      ['r@6000(0)'],
    );
    expect(fired(rule('$e : Event( eventName == "A" )', 'timer( int: 1s 2s )'), A(0), 5_500)).toEqual([
      'r@1000(0)',
      'r@3000(0)',
      'r@5000(0)',
    ]);
    expect(
      fired(
        rule('$e : Event( eventName == "A" ) not Event( eventName == "B" )', 'duration( 5s )'),
        A(0),
        B(4_000),
        9_000,
      ),
    ).toEqual([]);
  });
  test('the first of an activation group cancels the rest of that moment', () => {
    const one = (name: string): string =>
      `rule "${name}" activation-group "g" when $e : Event( eventName == "A" ) then ` +
      `emitActionable( $e, "${name}" ); end`;
    expect(fired(`${one('a')} ${one('b')}`, A(1), A(2))).toEqual(['a@1(0)', 'a@2(1)']);
  });
});

describe('actions', () => {
  const score = 'declare Score n : int label : String end';
  test('insert, modify, no-loop, delete', () => {
    const text = `${score}
      rule "start" when $a : Event( eventName == "A" ) not Score() then insert( new Score( 1, "x" ) );
        delete( $a ); end
      rule "up" no-loop true when $s : Score( n < 10 ) Event( eventName == "B", $t : timestamp )
        then modify( $s ) { setN( $s.getN() + 1 ) } end
      rule "three" when $s : Score( n == 3 ) then emitVisit( $s.label ); delete( $s ); end`;
    expect(fired(text, A(1), B(2), B(3))).toEqual(['start@1', 'up@2', 'up@3', 'three@3']);
  });
  test('a modify of a field that a pattern does not read does not concern it', () => {
    const text = `${score}
      rule "start" salience 9 when Event( eventName == "A" ) then Score s = new Score();
        s.setLabel( "a" ); insert( s ); end
      rule "label" when $s : Score( label == "a" ) then emitVisit( "label" ); end
      rule "up" salience -1 when Event( eventName == "B" ) $s : Score( n == 0 ) then $s.setN( 5 );
        update( $s ); end`;
    expect(fired(text, A(1), B(2))).toEqual(['start@1', 'label@1', 'up@2']);
  });
  test('a modify that ends a not, and one that begins it again', () => {
    const text = `${score}
      rule "start" salience 9 when Event( eventName == "A" ) then insert( new Score( 0, "" ) ); end
      rule "none" when not Score( n == 0 ) exists Event( eventName == "A" ) then emitVisit( "none" ); end
      rule "flip" salience -1 when Event( eventName == "B" ) $s : Score( n == 0 ) then modify(
        $s ) { setN( 1 ) } end`;
    expect(fired(text, A(1), B(2))).toEqual(['start@1', 'flip@2', 'none@2']);
  });
  test('deleting a fact cancels the lower activations with it', () => {
    const text =
      `rule "eat" salience 1 when $e : Event( eventName == "A" ) then delete( $e ); end ` +
      rule('$e : Event( eventName == "A" )');
    expect(fired(text, A(1))).toEqual(['eat@1']);
  });
  test('consumption takes the newest partner first where Drools does', () => {
    const text = rule(
      '$e : Event( eventName == "A" ) $b : Event( eventName == "B", this after $e )',
      '',
      'delete( $e ); delete( $b );',
    );
    expect(fired(text, A(1), A(2), B(3), B(4))).toEqual(['r@3(1)', 'r@4(0)']);
  });
  test('two emits make two firings, none makes one that emits nothing', () => {
    const two = played('rule "r" when $e : Event() then emitActionable( $e, "r" ); emitVisit( "r" ); end', [
      A(1),
    ]);
    expect(two.map(({ basedOn, emitted }) => [basedOn, emitted])).toEqual([
      [0, true],
      [null, true],
    ]);
    const none = played('rule "r" when $e : Event() then setUserData( "k", $e.url ); end', [A(1)]);
    expect(none).toMatchObject([{ emitted: false, userData: { k: 'https://example.com/' } }]);
  });
});

describe('expiry', () => {
  const declared = 'declare Event @role( event ) @timestamp( timestamp ) @expires( 10s ) end';
  const pair = rule('$a : Event( eventName == "A" ) $e : Event( eventName == "B" )');
  test('@expires keeps an event to the last millisecond and no longer', () => {
    expect(fired(`${declared} ${pair}`, A(1_000), B(11_000))).toEqual(['r@11000(1)']);
    expect(fired(`${declared} ${pair}`, A(1_000), B(11_001))).toEqual([]);
  });
  test('it is inferred when every pattern is bounded, and only then', () => {
    const bounded = rule(
      '$a : Event( eventName == "A" ) $e : Event( eventName == "B", this after[0s,10s] $a )',
    );
    const other =
      'rule "other" when $x : Event( eventName == "never" ) then emitActionable( $x, "other" ); end';
    const late = [A(1_000), Z(30_000), B(6_000)];
    expect(fired(bounded, ...late)).toEqual([]);
    expect(fired(`${bounded} ${other}`, ...late)).toEqual(['r@30000(2)']);
  });
  test('a blocker that expires frees what it blocked', () => {
    const text = `${declared} declare Mark n : int end
      rule "mark" when Event( eventName == "A" ) then insert( new Mark( 1 ) ); end
      rule "r" when $m : Mark() not Event( eventName == "B" ) then emitVisit( "r" ); end`;
    expect(fired(text, B(1_000), A(2_000), 20_000)).toEqual(['mark@2000', 'r@11001']);
  });
});

describe('entry points', () => {
  test('a visitor’s events come through "events" where a package names it', () => {
    const text =
      `${rule('$e : Event( eventName == "A" ) from entry-point "events"')} rule "other" ` +
      `when $e : Event() then emitActionable( $e, "other" ); end`;
    expect(fired(text, A(1))).toEqual(['r@1(0)']);
  });
});

describe('limits', () => {
  const limits = { stateBytesMax: 320, firingsPerEventMax: 20, matchesMax: 50 };
  const reasons = (text: string, steps: PlayStep[]): unknown[] =>
    played(text, steps, limits).flatMap((firing) =>
      firing.suspended === undefined ? [] : [[firing.rule, firing.suspended]],
    );
  test('an endless modify is cut, once, and the others go on', () => {
    const text = `declare S n : int end
      rule "start" when Event( eventName == "A" ) then insert( new S( 0 ) ); end
      rule "loop" when $s : S( n >= 0 ) then modify( $s ) { setN( $s.n + 1 ) } end
      rule "r" salience -1 when $e : Event() then emitActionable( $e, "r" ); end`;
    const firings = played(text, [A(1), Z(2)], limits);
    expect(firings.filter((firing) => firing.suspended !== undefined)).toHaveLength(1);
    expect(said(firings.filter((firing) => firing.rule === 'r'))).toEqual(['r@1(0)', 'r@2(1)']);
  });
  test('too many events remembered', () => {
    const pair = rule('$a : Event( eventName == "A" ) $e : Event( eventName == "B", this after $a )');
    expect(
      reasons(
        pair,
        Array.from({ length: 12 }, (_, index) => A(index)),
      ),
    ).toEqual([['r', 'stateBytes']]);
  });
  test('too many partial matches', () => {
    const four = rule(
      '$a : Event( eventName == "A" ) $b : Event( eventName == "A" ) $c : Event( ' +
        'eventName == "A" ) $e : Event( eventName == "B" )',
    );
    expect(reasons(four, [A(1), A(2), A(3), A(4), B(5)])).toEqual([['r', 'matches']]);
  });
});
