import { describe, expect, it } from 'vitest';
import { allOptions } from '../../../../src/config/index.js';
import { gatewayPolicy } from '../../../../src/transport/search-gateway/index.js';

type Section = Parameters<typeof gatewayPolicy>[0];

/** The section with its defaults, as a configuration that says nothing else gives it. */
function section(values: Record<string, unknown>): Section {
  const rows = allOptions().filter((option) => option.section === 'elasticsearch');
  const defaults = rows.map(({ name, row }) => [
    name,
    row.default === undefined ? undefined : row.type.parse(row.default),
  ]);
  return { ...Object.fromEntries(defaults), ...values } as Section;
}

describe('the read-only filter', () => {
  it('lets everything pass when it is off, and reads alone when it is on', () => {
    const open = gatewayPolicy(section({}));
    const closed = gatewayPolicy(section({ 'http-read-only': true }));
    for (const [method, path, isRead] of [
      ['GET', '/gpe-event/_mapping', true],
      ['HEAD', '/gpe-event', true],
      ['POST', '/gpe-event/_search', true],
      ['POST', '/_msearch', true],
      ['PUT', '/.kibana/dashboard/1', true],
      ['POST', '/gpe/conversion/1', true],
      ['POST', '/gpe-event/_doc', false],
      ['PUT', '/gpe-event/_settings', false],
      ['POST', '/_bulk', false],
      ['DELETE', '/gpe-event', false],
      ['DELETE', '/.kibana', false],
      ['PATCH', '/_search', false],
    ] as const) {
      expect([method, path, open.allows(method, path)]).toEqual([method, path, true]);
      expect([method, path, closed.allows(method, path)]).toEqual([method, path, isRead]);
    }
    expect(open.mask).toBeUndefined();
  });

  it('takes the URLs that the option names', () => {
    const policy = gatewayPolicy(section({ 'http-read-only': true, 'read-only-urls-regexp': '/mine$' }));
    expect(policy.allows('POST', '/x/mine')).toBe(true);
    expect(policy.allows('POST', '/x/_search')).toBe(false);
  });
});

describe('the response filter', () => {
  it('masks top-level keys that match, in any case', () => {
    const { mask } = gatewayPolicy(section({ 'http-filter': true }));
    expect([['PassWord1'], ['user'], ['user', 'password']].map((path) => mask?.(path))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('masks by a path, and refuses one that it does not understand', () => {
    const filter = (path: string) =>
      gatewayPolicy(
        section({ 'http-filter': true, 'reponse-filter-regexp': path, 'reponse-filter-regexp-type': 'PATH' }),
      );
    expect(filter('$.data.password').mask?.(['data', 'password'])).toBe(true);
    expect(() => filter('$.a[?(@.b)]')).toThrow('JSON path');
  });

  it('lets nothing through that it could not mask', () => {
    const policy = gatewayPolicy(section({ 'http-filter': true }));
    expect(policy.allows('POST', '/_sql')).toBe(false);
    expect(policy.allows('GET', '/gpe-event/_termvectors/1')).toBe(false);
    expect(policy.allows('POST', '/gpe-event/_search')).toBe(true);
  });
});
