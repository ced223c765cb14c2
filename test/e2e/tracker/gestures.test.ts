/** Actions of the DSL that are more than one DOM event, and expressions as existing files write them. */
import { describe, expect, it } from 'vitest';
import { eventually } from './browser.js';
import { pageHtml, snippet } from './fake-server.js';
import { useVisitor } from './visitor.js';

const visitor = useVisitor();

async function visitWith(events: string, body: string, head = snippet): Promise<void> {
  visitor.fake.dsl = `<?xml version="1.0"?><properties><events>${events}</events></properties>`;
  visitor.fake.pages.set('/dsl', pageHtml('Dsl', body, head));
  await visitor.visit('/dsl');
  await eventually('the engine', () => visitor.fake.requests.some((line) => line.endsWith('dsl.min.js')));
  await visitor.event('Ready');
}

const ready = '<event name="Ready"><trigger element="" action="ready"/></event>';
const times = (name: string): number => visitor.names().filter((other) => other === name).length;

describe('the DSL', () => {
  it('tells how far somebody has read, once', async () => {
    await visitWith(
      `${ready}<event name="Read-75"><trigger element="" action="scroll:75"/></event>
       <event name="Box"><trigger element="#box" action="scroll:100"/>
         <val name="id" value="this.id"/></event>`,
      `<div id="box" style="height:60px;overflow:auto"><p style="height:400px">box</p></div>
       <div style="height:4000px"></div>`,
    );
    await visitor.page.evaluate('scrollTo(0, 1000)');
    await visitor.page.evaluate(`document.querySelector('#box').scrollTo(0, 9999)`);
    expect((await visitor.event('Box')).data).toEqual({ id: 'box' });
    expect(times('Read-75')).toBe(0);
    await visitor.page.evaluate('scrollTo(0, 9999)');
    await visitor.event('Read-75');
    await visitor.page.evaluate('scrollTo(0, 0)');
    await visitor.page.evaluate('scrollTo(0, 9999)');
    await visitor.gt(`[['event', 'End']]`);
    await visitor.event('End');
    expect(times('Read-75')).toBe(1);
  });

  it('tells of a form that was begun and left, but not of one that was sent', async () => {
    const form = (id: string): string =>
      `<form id="${id}"><input name="mail"><input name="town"><button>Send</button></form>`;
    await visitWith(
      `${ready}<event name="Abandoned"><trigger element="form" action="formabandon"/>
         <val name="form" value="this.id"/><val name="last" value="event.target.name"/>
         <val name="filled" value="$(this).find('input').filter(function () {
           return $(this).val(); }).length"/>
       </event>`,
      form('left') + form('sent') + form('untouched') + '<a id="away" href="/second">away</a>',
    );
    await visitor.page.evaluate(`for (const f of document.forms)
      f.addEventListener('submit', (e) => e.preventDefault())`);
    await visitor.page.fill('#sent [name=mail]', 'a');
    await visitor.page.press('#sent [name=mail]', 'Enter');
    await visitor.page.fill('#left [name=mail]', 'ann');
    await visitor.page.fill('#left [name=town]', 'Bonn');
    await visitor.page.click('#away');
    const abandoned = await visitor.event('Abandoned');
    expect(abandoned.data).toEqual({ form: 'left', last: 'town', filled: 2 });
    const exited = await visitor.event('PageExited');
    expect(exited.pageID).toBe(abandoned.pageID);
    expect(times('Abandoned')).toBe(1);
  });

  it('tells of rage clicks once a rage, and of leaving at the top as often as asked', async () => {
    await visitWith(
      `${ready}<event name="Rage"><trigger element="#dead" action="rageclick:4"/></event>
       <event name="Leaving"><trigger element="" action="exitintent"/></event>
       <event name="Enter"><trigger element="#q" action="enterkey"/>
         <val name="q" value="$(event.currentTarget).val()"/></event>`,
      '<button id="dead">Nothing</button><input id="q">',
    );
    await visitor.page.click('#dead', { clickCount: 3, delay: 5 });
    await visitor.page.click('#q');
    await visitor.page.click('#dead', { clickCount: 6, delay: 5 });
    await visitor.event('Rage');
    const leave = (clientY: number): string =>
      `document.body.dispatchEvent(new MouseEvent('mouseout',
        { bubbles: true, clientY: ${String(clientY)} }))`;
    await visitor.page.evaluate(leave(300));
    await visitor.page.evaluate(leave(-1));
    await visitor.page.evaluate(leave(-1));
    await visitor.page.fill('#q', 'oolong');
    await visitor.page.press('#q', 'a');
    await visitor.page.press('#q', 'Enter');
    expect((await visitor.event('Enter')).data).toEqual({ q: 'oolonga' });
    expect([times('Rage'), times('Leaving'), times('Enter')]).toEqual([1, 1, 1]);
  });

  it('waits with a restless timer for the mouse to rest', async () => {
    await visitWith(
      `${ready}<event name="Idle"><trigger action="timer:600" type="nomove"/></event>`,
      '<p>rest</p>',
    );
    for (let at = 0; at < 8; at++) {
      await visitor.page.mouse.move(100 + at, 100);
      await visitor.page.waitForTimeout(100);
    }
    expect(times('Idle')).toBe(0);
    await visitor.event('Idle');
  });

  it('reads what existing files write, on a page without jQuery', async () => {
    await visitWith(
      `${ready}<event name="Bought">
         <trigger element="table.cart a:contains('Buy'):visible" action="click"/>
         <val name="search" value="$('input.search:text').val();"/>
         <val name="first" value="$('tr.row:first td').first().text()"/>
         <val name="last" value="$('tr.row').eq(-1).find('td:eq(1)').text()"/>
         <val name="skus" value="$('tr.row').map(function () {
           return $(this).data('sku'); }).get().join('|')"/>
         <val name="sum" value="(function () { var t = 0;
           $('tr.row').each(function (i, row) { t += parseFloat($(row).find('.price').text()); });
           return t; })()"/>
         <val name="odd" value="$('tr.row:not(:hidden):odd').length"/>
         <val name="text" value="$(event.target)"/>
         <val name="none" value="$('.none').text()"/></event>`,
      `<input class="search" value="tea"><table class="cart">
       <tr class="row" data-sku="A1"><td>Sencha</td><td class="price">12.5 EUR</td></tr>
       <tr class="row" data-sku="B2"><td>Kettle</td><td class="price">30</td></tr>
       <tr class="row" data-sku="7" hidden><td>Cup</td><td class="price">7</td></tr>
       <tr><td><a href="#" id="buy">Buy <b id="b">all</b></a>
       <a href="#" hidden>Buy none</a></td></tr></table>`,
    );
    await visitor.page.click('#b');
    expect((await visitor.event('Bought')).data).toEqual({
      search: 'tea',
      first: 'Sencha',
      last: '7',
      skus: 'A1|B2|7',
      sum: 49.5,
      odd: 1,
      text: 'all',
      none: '',
    });
    expect(visitor.opened.errors).toEqual([]);
  });

  it('hears what the page sets off with its jQuery, and needs one trigger only when told so', async () => {
    const any = snippet.replace('debug: true', `dslTriggers: 'any', unsafeEval: true`);
    const jQuery = `<script>(() => { const heard = [];
      window.jQuery = (t) => ({ on: (name, run) => heard.push([name, run]), off: () => {} });
      window.fire = (name, target) => heard.forEach(([n, run]) =>
        n === name && run({ type: name, target, bubbles: true }));
    })()</script>`;
    await visitWith(
      `${ready}<event name="Changed"><trigger element="#cart" action="cart:changed"/>
         <trigger element="#never" action="click"/>
         <val name="id" value="event.target.id"/>
         <val name="loop" value="(() => { for (;;) return 7 })()"/></event>`,
      '<div id="cart"></div>',
      any + jQuery,
    );
    await visitor.page.evaluate(`fire('cart:changed', document.querySelector('#cart'))`);
    expect((await visitor.event('Changed')).data).toEqual({ id: 'cart', loop: 7 });
  });
});
