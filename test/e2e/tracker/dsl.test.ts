/** What a DSL file describes is watched for in a real page. */
import { describe, expect, it } from 'vitest';
import { eventually } from './browser.js';
import { pageHtml } from './fake-server.js';
import { useVisitor } from './visitor.js';

const visitor = useVisitor();

async function visitWith(events: string, body: string): Promise<void> {
  visitor.fake.dsl = `<?xml version="1.0"?><properties><events>${events}</events></properties>`;
  visitor.fake.pages.set('/dsl', pageHtml('Dsl', body));
  await visitor.visit('/dsl');
  await eventually('the DSL', () =>
    visitor.fake.requests.includes('GET /server/resources/dsl/domain-model.xml'),
  );
  await visitor.event('PageEntered');
}

const shop = `<div class="product" data-sku="T1"><h2 class="name"> Green tea </h2>
  <span class="price">12.50 EUR</span><button class="add"><b>Add</b></button></div>
  <form id="search"><input name="q" value="oolong"><button>Go</button></form>
  <ul><li>Black</li><li id="white">White tea</li></ul>`;

describe('the DSL', () => {
  it('reads values around what was clicked', async () => {
    await visitWith(
      `<event id="a" name="AddToCart"><trigger name="t" element=".add" action="click"/>
        <val name="sku" value="$(event.target).closest('.product').attr('data-sku')"/>
        <val name="name" value="$.trim($(event.target).parents('.product').find('.name').text())"/>
        <val name="price"
          value="parseFloat($(event.target).parents('.product').find('.price').text()
            .replace(/[^\\d.]/g, ''))"/>
        <val name="white" value="$('li:contains(&quot;White&quot;)').attr('id')"/>
        <val name="path" value="location.pathname"/>
        <val name="count" value="$('li').length"/>
        <val name="broken" value="window.missing.deeper"/></event>`,
      shop,
    );
    await visitor.page.click('.add b');
    expect((await visitor.event('AddToCart')).data).toEqual({
      sku: 'T1',
      name: 'Green tea',
      price: 12.5,
      white: 'white',
      path: '/dsl',
      count: 2,
    });
  });

  it('sees a submission, and elements that come later', async () => {
    await visitWith(
      `<event name="Search"><trigger element="#search" action="submit"/>
         <val name="q" value="$(event.target).find('input[name=q]').val()"/></event>
       <event name="Later"><trigger element=".later" action="mouseover"/></event>`,
      shop,
    );
    await visitor.page
      .evaluate(`document.querySelector('#search').addEventListener('submit', (e) => e.preventDefault());
      document.querySelector('main').insertAdjacentHTML('beforeend', '<p class="later">later</p>')`);
    await visitor.page.press('#search input', 'Enter');
    expect((await visitor.event('Search')).data).toEqual({ q: 'oolong' });
    await visitor.page.hover('.later');
    await visitor.event('Later');
  });

  it('honours condition, postcondition, count, url and several triggers', async () => {
    await visitWith(
      `<event name="Never" condition="$('.nothing').length > 0">
         <trigger element=".add" action="click"/></event>
       <event name="Held" postcondition="false"><trigger element=".add" action="click"/></event>
       <event name="Elsewhere"><trigger element=".add" action="click" url="/other"/></event>
       <event name="Here"><trigger element=".add" action="click" url="/dsl"/></event>
       <event name="Twice"><trigger element=".add" action="click" count="2"/></event>
       <event name="Both"><trigger element=".add" action="click"><val name="from" value="'add'"/></trigger>
         <trigger element="#white" action="click"/></event>
       <event name="Done"><trigger element="#white" action="click"/></event>`,
      shop,
    );
    await visitor.page.click('.add');
    await visitor.page.click('.add');
    await visitor.page.click('#white');
    await visitor.event('Done');
    expect(visitor.names().slice(2)).toEqual(['Here', 'Here', 'Twice', 'Both', 'Done']);
    expect((await visitor.event('Both')).data).toEqual({ from: 'add' });
  });

  it('sends timers once, and elements that stayed in view', async () => {
    await visitWith(
      `<event name="Timeout-1" postcondition="document.hasFocus()">
         <trigger action="timer:300" type="timeout" count="1"/></event>
       <event name="Seen"><trigger element="#far" action="enterviewport:200"/>
         <val name="id" value="this.id"/></event>`,
      '<div style="height:3000px"></div><p id="far">far</p>',
    );
    await visitor.event('Timeout-1');
    expect(visitor.names()).not.toContain('Seen');
    await visitor.page.locator('#far').scrollIntoViewIfNeeded();
    expect((await visitor.event('Seen')).data).toEqual({ id: 'far' });
    expect(visitor.names().filter((name) => name === 'Timeout-1')).toHaveLength(1);
  });

  it('uses the jQuery of the page, and survives a file that is none', async () => {
    visitor.fake.dsl = '<properties><events><event';
    await visitor.visit();
    await eventually('word of it', () =>
      visitor.opened.console.some((line) => line.includes('cannot be used')),
    );
    await visitor.event('PageEntered');
    visitor.fake.dsl = `<properties><events><event name="Own"><trigger element="h1" action="click"/>
      <val name="by" value="$('h1').whoAmI()"/></event></events></properties>`;
    const jQuery = `<script>window.jQuery = (s) => ({ whoAmI: () => 'page ' + s, length: 1 });</script>`;
    visitor.fake.pages.set('/jquery', pageHtml('jQuery', jQuery));
    await visitor.page.goto(`${visitor.fake.url}/jquery`);
    await visitor.subscribed();
    await eventually('the DSL', () => visitor.names().filter((name) => name === 'PageEntered').length === 2);
    await visitor.page.click('h1');
    expect((await visitor.event('Own')).data).toEqual({ by: 'page h1' });
  });
});
