// The loader: what it gives for a good file, and which line and option it names for each way of being wrong.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatProblem,
  loadConfiguration,
  redacted,
  settingsOf,
  verifyPassword,
} from '../../../src/config/index.js';

const hash = `$scrypt$ln=15,r=8,p=1$${'a'.repeat(22)}$${'b'.repeat(43)}`;

interface Parts {
  cluster?: string[];
  node?: string[];
  tail?: string[];
}

/** A small good file with lines added to the cluster's options, the node's options and the end. */
function yamlWith({ cluster = [], node = [], tail = [] }: Parts = {}): string {
  return [
    'cluster:',
    '  application: GWE_Cluster',
    '  options:',
    '    web: { cors.allowedOrigins: "*" }',
    ...cluster.map((line) => `    ${line}`),
    'nodes:',
    '  - application: GWE_Node1',
    '    host: 127.0.0.1',
    '    ports: { default: 9081, ui: 9082, server/data/rules/deploy: 9083 }',
    '    options:',
    ...node.map((line) => `      ${line}`),
    'agentGroups: [{ name: Web Engagement Chat }]',
    'application: { name: playground, folder: site }',
    ...tail,
  ].join('\n');
}

function load(text: string, node?: string) {
  return loadConfiguration({ file: 'conf/beckon.yaml', text, node });
}

function configurationOf(text: string, node?: string) {
  const result = load(text, node);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.configuration;
}

function problemsOf(text: string, node?: string): string[] {
  const result = load(text, node);
  return result.ok ? [] : result.problems.map(formatProblem);
}

describe('a good file', () => {
  it('gives defaults to what it does not say', () => {
    const { options } = configurationOf(yamlWith());
    expect(options.engagement.visitExpirationTime).toBe(86_400);
    expect(options.engagement.strictEngagementMode).toBe(true);
    expect(options.cometd.transports).toHaveLength(3);
    expect(options.metrics['reporter.log.logFrequency']).toBe(30 * 60_000);
    expect(options.security.password).toBeUndefined();
    expect(options.cassandraKeyspace['retention.entity.<object>']).toEqual({});
  });

  it('reads every way to write a value', () => {
    const { options } = configurationOf(
      yamlWith({
        cluster: [
          'engagement: { visitExpirationTime: " 60 ", strictEngagementMode: FALSE }',
          'pacing:',
          '  chatGroups: [Web Engagement Chat]',
          '  optimizationTarget: abandonement_rate',
          '  proactiveRatio:',
          "userData: { keysToPropagate: ' a, b ,,c_* ', eventName.SignIn: [x, y], eventName.UserInfo: '' }",
          "cassandraKeyspace: { replicationStrategyParams: \"'A':1,'B':2\", retention.entity.visit: 60 }",
          'elasticsearch: { response-filter-regexp: secret }',
          'metrics: { reporter.log.logFrequency: 5 min, HeapMemoryUsage.threshold: 0.95 }',
          'log: { message_format: FULL }',
        ],
      }),
    );
    expect(options.engagement).toMatchObject({ visitExpirationTime: 60, strictEngagementMode: false });
    expect(options.pacing).toMatchObject({ optimizationTarget: 'ABANDONMENT_RATE', proactiveRatio: 0 });
    expect(options.userData.keysToPropagate).toEqual(['a', 'b', 'c_*']);
    expect(options.userData['eventName.SignIn']).toEqual(['x', 'y']);
    expect(options.userData['eventName.UserInfo']).toEqual([]);
    expect(options.cassandraKeyspace.replicationStrategyParams).toEqual(["'A':1", "'B':2"]);
    expect(options.cassandraKeyspace['retention.entity.<object>']).toEqual({ visit: 60 });
    expect(options.elasticsearch['reponse-filter-regexp']).toBe('secret');
    expect(options.metrics).toMatchObject({
      'reporter.log.logFrequency': 300_000,
      'HeapMemoryUsage.threshold': 0.95,
    });
    expect(options.log['message-format']).toBe('full');
  });

  it("lays a node's values over the cluster's", () => {
    const second = [
      '  - application: GWE_Node2',
      '    host: b',
      '    ports: { default: 1, ui: 2, server/data/rules/deploy: 3, peers: 4, swim: 5 }',
    ];
    const text = yamlWith({
      cluster: ['log: { verbose: debug }', 'cluster: { key: a-key-for-this-test }'],
      node: ['log: { verbose: trace, all: stderr }'],
    });
    const both = text
      .replace('deploy: 9083 }', 'deploy: 9083, peers: 9181, swim: 9281 }')
      .replace('agentGroups:', `${second.join('\n')}\nagentGroups:`);
    expect(configurationOf(both, 'GWE_Node1').options.log).toMatchObject({
      verbose: 'trace',
      all: ['stderr'],
    });
    expect(configurationOf(both, 'GWE_Node2').options.log).toMatchObject({
      verbose: 'debug',
      all: ['stdout'],
    });
    expect(configurationOf(both, 'GWE_Node2').nodes.map(({ application }) => application)).toEqual([
      'GWE_Node1',
      'GWE_Node2',
    ]);
    expect(problemsOf(both)[0]).toContain('several nodes; say which one to run: GWE_Node1, GWE_Node2');
    expect(problemsOf(both, 'GWE_Node3')[0]).toContain('has no node GWE_Node3; known: GWE_Node1, GWE_Node2');
  });

  it('says what several nodes need to know of each other', () => {
    const text = yamlWith().replace(
      'agentGroups:',
      [
        '  - application: GWE_Node2',
        '    host: b',
        '    ports: { default: 1, ui: 2, server/data/rules/deploy: 3 }',
        'agentGroups:',
      ].join('\n'),
    );
    expect(problemsOf(text, 'GWE_Node1')).toEqual([
      expect.stringContaining('needs cluster/key'),
      expect.stringContaining('needs the ports peers and swim'),
      expect.stringContaining('needs the ports peers and swim'),
    ]);
  });

  it('finds where two nodes of one host meet, and ports that others could not call', () => {
    const problemsWith = (second: string, node = 'beckon: { dataFolder: one }'): string[] =>
      problemsOf(
        yamlWith({ cluster: ['cluster: { key: a-key-for-this-test }'], node: [node] })
          .replace('deploy: 9083 }', 'deploy: 9083, peers: 9181, swim: 9281 }')
          .replace('agentGroups:', `  - { application: GWE_Node2, ${second} }\nagentGroups:`),
        'GWE_Node1',
      );
    const ports = (more: string): string =>
      `ports: { default: 1, ui: 2, server/data/rules/deploy: 3, ${more} }`;
    const apart = `${ports('peers: 4, swim: 5')}, options: { beckon: { dataFolder: two } }`;
    expect(problemsWith(`host: 127.0.0.1, ${apart}`)).toEqual([]);
    expect(problemsWith(`host: 127.0.0.1, ${apart.replace('peers: 4', 'peers: 9081')}`)).toEqual([
      expect.stringContaining('nodes/1: has the port 9081 (peers), which GWE_Node1 has too'),
    ]);
    // A datagram's port is another one than a connection's.
    expect(problemsWith(`host: 127.0.0.1, ${apart.replace('swim: 5', 'swim: 9081')}`)).toEqual([]);
    expect(problemsWith(`host: other, ${apart.replace('peers: 4', 'peers: 9081')}`)).toEqual([]);
    expect(problemsWith(`host: other, ${apart.replace('swim: 5', 'swim: 0')}`)).toEqual([
      expect.stringContaining('nodes/1: needs fixed ports peers and swim'),
    ]);
    expect(problemsWith(`host: 127.0.0.1, ${apart.replace('two', 'one')}`)).toEqual([
      expect.stringContaining('nodes/1: has the data folder one, which GWE_Node1 has too'),
    ]);
  });

  it('resolves paths from its folder', () => {
    const configuration = configurationOf(yamlWith({ node: ['beckon: { dataFolder: ../data }'] }));
    expect(configuration.application.folder).toBe(resolve('conf/site'));
    expect(configuration.options.beckon.dataFolder).toBe(resolve('data'));
    expect(configuration.options.privacy.pathToGeoDB).toBe(resolve('conf/etc/GeoLite2-City.mmdb'));
  });

  it('is frozen', () => {
    const configuration = configurationOf(yamlWith());
    expect(() => {
      (configuration.options.pacing.chatGroups as string[]).push('another');
    }).toThrow(TypeError);
    expect(Object.isFrozen(configuration.node.ports)).toBe(true);
  });

  it('warns of what it mends and of what has no effect', () => {
    const result = load(
      yamlWith({ cluster: ['chat: { identifyCreateContact: 7 }', 'kibana: { port: 5602 }'] }),
    );
    expect(result).toMatchObject({
      ok: true,
      configuration: { options: { chat: { identifyCreateContact: '3' } } },
    });
    expect(result.ok && result.warnings.map(formatProblem)).toEqual([
      'conf/beckon.yaml:5:13: cluster/options/chat/identifyCreateContact: has no effect in this version',
      'conf/beckon.yaml:5:13: cluster/options/chat/identifyCreateContact: must be one of 1, 2, 3; it ' +
        'is "7"; taken as 3',
      'conf/beckon.yaml:6:15: cluster/options/kibana/port: has no effect in this version',
    ]);
  });

  it('shows no secret in its printable view', () => {
    const configuration = configurationOf(
      yamlWith({
        cluster: ['security: { user-id: pulse, password: swordfish }'],
        tail: [`agents: [{ user: anna, name: Anna, passwordHash: "${hash}", groups: Web Engagement Chat }]`],
      }),
    );
    const printed = JSON.stringify(redacted(configuration));
    expect(printed).not.toContain('swordfish');
    expect(printed).not.toContain('scrypt');
    expect(redacted(configuration).options).toMatchObject({
      'security/password': '*****',
      'security/user-id': 'pulse',
    });
    expect(redacted(configuration).agents).toEqual([
      { user: 'anna', name: 'Anna', groups: ['Web Engagement Chat'], capacity: 3 },
    ]);
  });

  it('gives the machines their settings', () => {
    const settings = settingsOf(
      configurationOf(yamlWith({ cluster: ['engagement: { visitExpirationTime: 60 }'] })).options,
    );
    expect(settings).toMatchObject({
      visitExpirationMs: 60_000,
      engagementExpirationMs: 30_000,
      chatGroup: 'Web Engagement Chat',
      userData: { VisitStarted: ['timezoneOffset'], SignIn: [] },
      ringMs: 20_000,
    });
  });
});

describe('a wrong file', () => {
  const file = 'conf/beckon.yaml';
  const cases: [name: string, text: string, problems: string[]][] = [
    [
      'an option out of its range',
      yamlWith({ cluster: ['cometd:', '  maxInterval: 0'] }),
      [
        `${file}:6:7: cluster/options/cometd/maxInterval: must be a whole number from 1 to 3600, in ` +
          'seconds; it is "0"',
      ],
    ],
    [
      'a mistyped option',
      yamlWith({ cluster: ['engagement: { visitExpiratoinTime: 60 }'] }),
      [
        `${file}:5:19: cluster/options/engagement/visitExpiratoinTime: is not a known option; ` +
          'did you mean visitExpirationTime?',
      ],
    ],
    [
      'an option in another section',
      yamlWith({ cluster: ['engagement: { chatGroups: A }'] }),
      [
        `${file}:5:19: cluster/options/engagement/chatGroups: is not an option of this section, but ` +
          'of pacing',
      ],
    ],
    [
      'a mistyped section',
      yamlWith({ cluster: ['comet: { timeout: 30 }'] }),
      [`${file}:5:5: cluster/options/comet: is not a known section; did you mean cometd?`],
    ],
    [
      'a cluster option on a node and the other way round',
      yamlWith({ cluster: ['log: { all: stdout }'], node: ['cometd: { timeout: 20 }'] }),
      [
        `${file}:5:12: cluster/options/log/all: may be set for a node only`,
        `${file}:11:17: nodes/0/options/cometd/timeout: may be set for the cluster only`,
      ],
    ],
    [
      'an option under two of its names',
      yamlWith({ cluster: ['elasticsearch: { reponse-filter-regexp: a, response-filter-regexp: b }'] }),
      [
        `${file}:5:48: cluster/options/elasticsearch/response-filter-regexp: is the same option as ` +
          'reponse-filter-regexp, which is set too',
      ],
    ],
    [
      'a secret that is not allowed',
      yamlWith({ cluster: ['security: { password: "" }'] }),
      [`${file}:5:17: cluster/options/security/password: must be a text of 1 to 2000 characters`],
    ],
    [
      'two ports alike',
      yamlWith().replace('ui: 9082', 'ui: 9081'),
      [`${file}:8:29: nodes/0/ports/ui: is the port of default too`],
    ],
    [
      'agents that are not well',
      yamlWith({
        tail: [
          'agents:',
          `  - { user: a.b, name: A, passwordHash: "${hash}", groups: [Web Engagement Chat] }`,
          '  - { user: b, name: B, passwordHash: plain-text-password, groups: [Web Engagement Chat], ' +
            'capacity: 0 }',
          `  - { user: c, name: C, passwordHash: "${hash}", groups: [Web Engagment Chat] }`,
          `  - { user: c, name: C, passwordHash: "${hash}", groups: Web Engagement Chat }`,
          '  - { user: d }',
        ],
      }),
      [
        `${file}:13:7: agents/0/user: must be a user name of 1 to 64 letters, digits and _ - @; it is "a.b"`,
        `${file}:14:25: agents/1/passwordHash: must be a password hash, of the form ` +
          '$scrypt$ln=15,r=8,p=1$<salt>$<hash>',
        `${file}:14:91: agents/1/capacity: must be a whole number from 1 to 50; it is "0"`,
        `${file}:15:131: agents/2/groups: is not a known group: Web Engagment Chat; did you mean Web ` +
          'Engagement Chat?',
        `${file}:16:7: agents/3/user: there is more than one agent c`,
        `${file}:17:5: agents/4: needs name`,
        `${file}:17:5: agents/4: needs passwordHash`,
        `${file}:17:5: agents/4: needs groups`,
      ],
    ],
    [
      'a chat group that does not exist',
      yamlWith({ cluster: ['pacing: { chatGroups: Sales }'] }),
      [`${file}:3:3: cluster/options: pacing/chatGroups names Sales, which is not in agentGroups`],
    ],
    [
      'nothing at all',
      '',
      [`${file}:1:1: needs cluster`, `${file}:1:1: needs nodes`, `${file}:1:1: needs application`],
    ],
    ['a list', '- 1', [`${file}:1:1: must be a mapping of names to values`]],
  ];

  it.each(cases)('%s', (_, text, problems) => {
    expect(problemsOf(text).slice(0, problems.length)).toEqual(problems);
  });

  it('is reported whole, by line', () => {
    const problems = problemsOf(
      yamlWith({
        cluster: ['cep: { domainSeparation: maybe }', 'kibana: { port: 0 }'],
        node: ['log: { verbose: 3 }'],
      }),
    );
    expect(problems).toEqual([
      `${file}:5:12: cluster/options/cep/domainSeparation: must be true or false; it is "maybe"`,
      `${file}:6:15: cluster/options/kibana/port: must be a whole number from 1 to 65535; it is "0"`,
      `${file}:12:14: nodes/0/options/log/verbose: must be one of all, debug, trace, interaction, ` +
        'standard, none; it is "3"',
    ]);
  });

  it('names the line of a syntax error', () => {
    expect(problemsOf('cluster:\n  application: [a\nnodes: 1\n')[0]).toMatch(
      /^conf\/beckon\.yaml:[23]:\d+: /,
    );
    expect(problemsOf('a: 1\na: 2\n')[0]).toBe(`${file}:2:1: Map keys must be unique`);
  });

  it('is refused without harm when it is hostile', () => {
    const nested = problemsOf('['.repeat(20_000));
    expect(nested.length).toBeGreaterThan(0);
    expect(nested.length).toBeLessThanOrEqual(100);
    expect(problemsOf('a'.repeat(2_000_000))[0]).toContain('more than 1048576 characters');
    const bomb = [
      'a: &a [x, x]',
      ...'bcdefghij'.split('').map((name, index) => {
        const inner = 'abcdefghij'[index]!;
        return `${name}: &${name} [*${inner}, *${inner}, *${inner}, *${inner}, *${inner}]`;
      }),
      'cluster: *j',
    ].join('\n');
    expect(problemsOf(bomb).length).toBeGreaterThan(0);
  });
});

describe('any text', () => {
  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => typeof load(text).ok === 'boolean'));
  });

  it('of YAML shapes never throws, and is refused with places inside the text', () => {
    const fragment = fc.constantFrom(
      ...yamlWith().split(/(?<=[:\s{},[\]-])/),
      '&a ',
      '*a',
      '? ',
      '- ',
      '!!set',
      '|\n',
      '>',
      '<<: ',
      '"',
      "'",
      '%YAML 1.1\n---\n',
      '...\n',
      '\t',
      '~',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 60 }), (fragments) => {
        const text = fragments.join('');
        const result = load(text);
        if (result.ok) return;
        const lines = text.split('\n').length;
        expect(result.problems.length).toBeGreaterThan(0);
        for (const { line, column } of result.problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines + 1);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('with one line of a good file changed is either good or has a problem', () => {
    const lines = yamlWith({ cluster: ['cometd: { timeout: 30 }'], node: ['log: { verbose: all }'] }).split(
      '\n',
    );
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.string({ maxLength: 30 }), (index, replacement) => {
        const result = load(lines.with(index, replacement).join('\n'));
        expect(result.ok || result.problems.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('config/lab.yaml', () => {
  const file = resolve(import.meta.dirname, '../../../config/lab.yaml');
  const result = loadConfiguration({ file, text: readFileSync(file, 'utf8') });

  it('loads without a warning', () => {
    expect(result).toMatchObject({ ok: true, warnings: [] });
  });

  it('keeps its demo passwords to this machine', async () => {
    if (!result.ok) throw new Error('see above');
    const { node, agents, application } = result.configuration;
    expect(node.host).toBe('127.0.0.1');
    expect(application.folder).toBe(resolve(file, '../../apps/playground'));
    for (const { user, passwordHash } of agents) {
      expect(await verifyPassword(`${user}-lab`, passwordHash)).toBe(true);
    }
    expect(agents).toHaveLength(2);
  });
});
