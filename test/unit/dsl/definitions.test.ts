import { describe, expect, it } from 'vitest';
import { readDsl, type XmlElement } from '../../../src/dsl/language/index.js';

function xml(
  nodeName: string,
  attributes: Record<string, string> = {},
  ...children: XmlElement[]
): XmlElement {
  return { nodeName, children, getAttribute: (name) => attributes[name] ?? null };
}

function file(...events: XmlElement[]): XmlElement {
  return xml('properties', {}, xml('events', {}, ...events));
}

describe('a DSL file', () => {
  it('is read with its triggers and values, and what is not said is the usual', () => {
    const tree = file(
      xml(
        'event',
        { id: 'AddToCart', name: ' AddToCart ', condition: 'true', postcondition: 'x' },
        xml('trigger', { name: 't', element: '.add', action: 'click', count: '2', url: '/cart' }),
        xml('trigger', {}, xml('val', { name: 'inner', value: '1' })),
        xml('val', { name: 'sku', value: '$("x").text()' }),
      ),
    );
    expect([...readDsl(tree)]).toEqual([
      {
        name: 'AddToCart',
        condition: 'true',
        postcondition: 'x',
        values: [{ name: 'sku', value: '$("x").text()' }],
        triggers: [
          {
            element: '.add',
            action: 'click',
            amount: 0,
            isRestless: false,
            count: 2,
            url: '/cart',
            values: [],
          },
          {
            element: '',
            action: 'click',
            amount: 0,
            isRestless: false,
            count: 1,
            url: '',
            values: [{ name: 'inner', value: '1' }],
          },
        ],
      },
    ]);
  });

  it.each([
    [
      { action: 'timer:30000', type: 'timeout' },
      { action: 'timer', amount: 30_000 },
    ],
    [
      { action: '10000', type: 'timeout' },
      { action: 'timer', amount: 10_000 },
    ],
    [{ action: 'enterviewport:1500' }, { action: 'enterviewport', amount: 1_500 }],
    [{ action: 'timer:soon' }, { action: 'timer', amount: 0 }],
    [
      { action: 'timer:9000', type: 'nomove' },
      { action: 'timer', amount: 9_000, isRestless: true },
    ],
    [{ action: 'scroll:75' }, { action: 'scroll', amount: 75 }],
    [{ action: 'scroll' }, { action: 'scroll', amount: 0 }],
    [{ action: 'rageclick' }, { action: 'rageclick', amount: 3 }],
    [{ action: 'cart:changed' }, { action: 'cart:changed', amount: 0 }],
    [
      { action: 'keyup', count: 'many' },
      { action: 'keyup', count: 1 },
    ],
    [
      { action: 'keyup', count: '-3' },
      { action: 'keyup', count: 1 },
    ],
  ])('reads the trigger %o', (attributes, trigger) => {
    const [event] = readDsl(file(xml('event', { name: 'E' }, xml('trigger', attributes))));
    expect(event!.triggers[0]).toMatchObject(trigger);
  });

  it('leaves out events without a name or a trigger', () => {
    const trigger = xml('trigger', { action: 'click' });
    const tree = file(
      xml('event', {}, trigger),
      xml('event', { name: 'A' }),
      xml('event', { name: 'B' }, trigger),
    );
    expect([...readDsl(tree)].map(({ name }) => name)).toEqual(['B']);
  });
});
