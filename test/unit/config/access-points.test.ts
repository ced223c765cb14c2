// Resource Access Points: where they stand, what they may say, and what wins.
import { describe, expect, it } from 'vitest';
import { formatProblem, loadConfiguration, redacted } from '../../../src/config/index.js';

function load(points: string[], cluster: string[] = []) {
  const text = [
    'cluster:',
    '  application: GWE_Cluster',
    '  options:',
    '    web: { cors.allowedOrigins: "*" }',
    ...cluster.map((line) => `    ${line}`),
    'nodes:',
    '  - { application: N1, host: 127.0.0.1, ports: { default: 1, ui: 2, server/data/rules/deploy: 3 } }',
    'agentGroups: [{ name: Web Engagement Chat }]',
    'application: { name: playground, folder: site }',
    'resourceAccessPoints:',
    ...points.map((line) => `  ${line}`),
  ].join('\n');
  return loadConfiguration({ file: 'conf/beckon.yaml', text });
}

function problemsOf(points: string[], cluster: string[] = []): string {
  const result = load(points, cluster);
  return result.ok ? '' : result.problems.map(formatProblem).join('\n');
}

const first = '- { application: RAP1, host: db1, ports: { default: 9160, native: 9042 }';

describe('resource access points', () => {
  it('are read with their ports, and absent where there are none', () => {
    const result = load([`${first} }`, '- { application: RAP2, host: "::1", ports: { native: 9043 } }']);
    expect(result.ok && result.configuration.accessPoints).toEqual([
      { application: 'RAP1', host: 'db1', port: 9042, secured: false, mutualTls: false },
      { application: 'RAP2', host: '::1', port: 9043, secured: false, mutualTls: false },
    ]);
  });

  it('win over the cluster, under the old name of their section too, and show no password', () => {
    const result = load(
      [`${first}, options: { resource: { type: cassandra }, cluster: { password: secret-2 } } }`],
      ['cassandraClient: { userName: anna, password: secret-1 }'],
    );
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
    expect(result.configuration.options.cassandraClient).toMatchObject({
      userName: 'anna',
      password: 'secret-2',
    });
    expect(JSON.stringify(redacted(result.configuration))).not.toContain('secret');
  });

  it('must agree with one another', () => {
    const other = '- { application: RAP1, host: db2, ports: { native: 9042 }, secured: true';
    const user = (name: string) => `options: { cassandraClient: { userName: ${name} } } }`;
    const told = problemsOf([`${first}, ${user('anna')}`, `${other}, ${user('ben')}`]);
    expect(told).toContain('there is more than one access point RAP1');
    expect(told).toContain('must be secured as RAP1 is');
    expect(told).toContain('cassandraClient/userName differs from that of another access point');
  });

  it('take no options of others, and nobody takes theirs', () => {
    expect(problemsOf([`${first}, options: { web: { cors.allowedMethods: GET } } }`])).toContain(
      'may be set for the cluster only',
    );
    expect(problemsOf([`${first}, options: { resource: { type: oracle } } }`])).toContain(
      'must be one of cassandra',
    );
    expect(problemsOf([`${first}, mutualTls: true }`])).toContain('needs `secured: true`');
    expect(problemsOf(['- { application: RAP1, host: db1, ports: { default: 9160 } }'])).toContain('native');
  });
});
