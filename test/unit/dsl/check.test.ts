/** What is wrong with a DSL file, told with line and column. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDsl } from '../../../src/dsl/check/index.js';

function inFile(events: string): string {
  return `<?xml version="1.0"?>\n<properties><events>\n${events}\n</events></properties>`;
}

function errorsOf(text: string): string[] {
  const checked = checkDsl(text);
  return checked.ok ? [] : checked.errors.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

function warningsOf(text: string): string[] {
  return checkDsl(text).warnings.map(({ line, column, message, suggestion = '' }) =>
    `${line}:${column} ${message} ${suggestion}`.trim(),
  );
}

const click = '<trigger name="t" element=".a" action="click"/>';

describe('a DSL file', () => {
  it('is right when the sample site ships it', () => {
    const path = new URL('../../../apps/playground/resources/dsl/domain-model.xml', import.meta.url);
    expect(checkDsl(readFileSync(path, 'utf8'))).toMatchObject({
      ok: true,
      events: expect.arrayContaining([
        expect.objectContaining({ name: 'AddToCart', id: 'AddToCart', triggers: 1, values: 3 }),
      ]) as unknown,
      warnings: [],
    });
  });

  it.each<[string, string]>([
    ['<properties><events></event></properties>', '1:29 unexpected close tag'],
    ['', '1:1 document must contain a root element'],
    ['<events/>', '1:1 the file begins with <properties>, not with <events>'],
    ['<properties/>', '1:1 <properties> needs <events>'],
    ['<properties>\n<events/><events/></properties>', '2:10 there is one <events> only'],
    [inFile('  <event id="a"><trigger action="click"/></event>'), '3:3 an event needs a name'],
    [inFile('<event name="A"/>'), '3:1 an event needs a <trigger>'],
    [
      inFile(`<event id="x" name="A">${click}</event>\n<event id="x" name="B">${click}</event>`),
      '4:8 the id "x" is taken by the event on line 3',
    ],
    [
      inFile('<event name="A"><trigger element="a" action="timer"/></event>'),
      '3:38 timer needs a number (ms), such as timer:30000',
    ],
    [
      inFile('<event name="A"><trigger action="timer:5" type="never"/></event>'),
      '3:43 a timer\'s type is timeout or nomove, not "never"',
    ],
    [
      inFile('<event name="A"><trigger action="enterviewport:9"/></event>'),
      '3:26 enterviewport needs an element',
    ],
    [inFile('<event name="A"><trigger action="enterkey:9"/></event>'), '3:26 enterkey takes no number'],
    [inFile('<event name="A"><trigger action="scroll:far"/></event>'), '3:26 "scroll:far" has no number'],
    [
      inFile('<event name="A"><trigger action="click keyup"/></event>'),
      '3:26 "click keyup" is no event: write a trigger for each',
    ],
    [
      inFile('<event name="A"><trigger action="click" count="0"/></event>'),
      '3:41 count is a whole number from 1, not "0"',
    ],
    [inFile(`<event name="A">${click}<val value="1"/></event>`), '3:64 a <val> needs a name'],
    [inFile('<event name="A"><trigger element="div[x" action="click"/></event>'), '3:38 "[" is never closed'],
  ])('%s', (text, error) => {
    const [first] = errorsOf(text);
    expect(first?.toLowerCase()).toBe(error.toLowerCase());
  });

  it('tells the very place inside an expression, behind entities and line breaks', () => {
    const value = '$(&quot;.a&quot;)\n   .text() +* 1';
    expect(errorsOf(inFile(`<event name="A">${click}\n<val name="v" value="${value}"/></event>`))).toEqual([
      '5:13 value: cannot be read from "* 1" on',
    ]);
    expect(errorsOf(inFile(`<event name="A" condition="eval('1')">${click}</event>`))).toEqual([
      '3:28 condition: "eval" may not be used here',
    ]);
    expect(errorsOf(inFile(`<event name="A" postcondition="a = 1">${click}</event>`))).toEqual([
      '3:32 postcondition: only variables of the expression itself can be assigned to',
    ]);
  });

  it('names all mistakes, in the order of the file', () => {
    const text = inFile(
      '<event><trigger action="timer:x"/>\n<val name="v" value="1 +"/></event>\n<event name="B"/>',
    );
    expect(errorsOf(text).map((error) => error.split(' ')[0])).toEqual(['3:1', '3:17', '4:25', '5:1']);
  });

  it('warns of what means nothing, and guesses what was meant', () => {
    expect(
      warningsOf(inFile('<event nme="x" name="A"><triger/><trigger element=".a" action="clik"/></event>')),
    ).toEqual([
      '3:8 nme means nothing on <event> did you mean "name"?',
      '3:25 <triger> means nothing in <event> did you mean "trigger"?',
      '3:56 no event of browsers is called "clik" did you mean "click"?',
    ]);
    expect(warningsOf(inFile(`<event name="SignIn">${click}</event>`))).toEqual([
      "3:8 SignIn is an event of the tracker's own; it is sent as such",
    ]);
  });

  it('takes what sites have written for years', () => {
    const text = `\ufeff<?xml version="1.0" encoding="utf-8" ?>
<properties debug="false">
 <events>
  <!-- <event id="" name=""></event> -->
  <event id="Search" name="Search" condition="" postcondition="document.hasFocus() === true">
   <trigger name="T" element="td#go input:text:first, a:contains('Go'):visible > b"
    action="click" url="" count="1" />
   <val name="searchString" value="$('input.searchfield:text').val();"/>
   <val name="total" value="$('.row').map(function () { return parseFloat($(this).text());
    }).get().join()"/>
  </event>
  <event name="Idle"><trigger name="T" element="" action="timer:10000" type="nomove"/></event>
  <event name="Enter"><trigger name="T" element="#q" action="enterkey"/></event>
 </events>
</properties>`;
    expect(checkDsl(text)).toMatchObject({ ok: true, warnings: [] });
  });

  it('is bounded', () => {
    expect(errorsOf(' '.repeat(600_000))[0]).toContain('the file has more than');
    expect(errorsOf('<a>'.repeat(50))[0]).toContain('nested too deeply');
  });

  it('is judged whatever it is', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60, unit: 'binary' }),
        fc.string({ maxLength: 30 }),
        (text, inner) => {
          checkDsl(text);
          checkDsl(inFile(`<event name="${inner}" condition="${inner}">${text}</event>`));
          const checked = checkDsl(
            inFile(`<event name="A"><trigger action="click" element="${inner}"/></event>`),
          );
          if (!checked.ok)
            for (const { line, column } of checked.errors) expect(line * column).toBeGreaterThan(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
