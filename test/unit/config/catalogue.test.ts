// The catalogue against the guide's chapter: every option is there under its name, and every row is whole.
import { describe, expect, it } from 'vitest';
import { allOptions } from '../../../src/config/index.js';

/** The options that the guide's chapter lists, section by section. */
const chapter: Record<string, string[]> = {
  cassandraKeyspace: [
    'dataCompression',
    'name',
    'readConsistencyLevel',
    'replicationStrategy',
    'replicationStrategyParams',
    'retention.entity.all',
    'retention.entity.<object>',
    'writeConsistencyLevel',
  ],
  elasticsearch: ['http-read-only'],
  privacy: ['collectActualIPs', 'collectForwardedIPs', 'geoMode', 'pathToGeoDB'],
  cep: ['domainSeparation'],
  chat: [
    'connectionTimeout',
    'refreshPoolSize',
    'queueKey',
    'webengagementChatQueue',
    'identifyCreateContact',
    'refreshTaskPeriod',
    'requestTimeout',
    'sessionRestorationTimeout',
  ],
  cometd: ['heartBeatTimeout', 'interval', 'maxInterval', 'timeout', 'transports'],
  engagement: [
    'engagementExpirationTime',
    'registrationFormExpirationTime',
    'strictEngagementMode',
    'visitExpirationTime',
  ],
  kibana: ['elasticsearch_url', 'enabled', 'host', 'port', 'kibana_index'],
  metrics: [
    'reporter.jmx.enabled',
    'reporter.log.enabled',
    'reporter.log.logFrequency',
    'reporter.messageServer.enabled',
    'reporter.messageServer.logFrequency',
    'reporter.console.enabled',
    'reporter.console.logFrequency',
    'HeapMemoryUsage.threshold',
    'GcFrequency.threshold',
    'GcLatency.threshold',
    'EventDuration.threshold',
    'monitoring.event.timer.slidingWindowSize',
  ],
  pacing: [
    'algorithm',
    'chatGroups',
    'voiceGroups',
    'interactionMinProcessingTime',
    'optimizationGoal',
    'optimizationTarget',
    'proactiveRatio',
    'refreshPeriod',
  ],
  queues: [
    'queueQualified',
    'queueEngaged',
    'queueAccepted',
    'queueRejected',
    'queueTimeout',
    'queueMissed',
    'queueFailed',
  ],
  userData: [
    'keysToPropagate',
    'eventType.ACTIONABLE',
    'eventName.SignIn',
    'eventName.UserInfo',
    'eventName.VisitStarted',
  ],
  log: [
    'all',
    'standard',
    'trace',
    'debug',
    'verbose',
    'message-format',
    'outputPattern',
    'suppress-data',
    'segment',
    'expire',
    'affectedLoggers',
    'time_format',
    'time_convert',
  ],
  security: ['provider', 'trusted-ca', 'truststore-password'],
  web: [
    'cors.allowedOrigins',
    'cors.allowedMethods',
    'cors.allowedHeaders',
    'cors.urlMapping',
    'jsonp.whiteList',
    'staticResourcesCacheControl',
    'staticResourcesCacheControlPattern',
  ],
};

describe('the option catalogue', () => {
  it("has all 91 options of the guide's chapter", () => {
    const names = Object.entries(chapter).flatMap(([section, options]) =>
      options.map((name) => `${section}/${name}`),
    );
    expect(names).toHaveLength(91);
    const catalogued = new Set(allOptions().map(({ section, name }) => `${section}/${name}`));
    expect(names.filter((name) => !catalogued.has(name))).toEqual([]);
  });

  it.each(allOptions())('$section/$name is a whole row', ({ row }) => {
    expect(row.meaning).toMatch(/\.$/);
    expect(row.type.allowed).not.toBe('');
    if (row.default !== undefined) expect(row.type.parse(row.default)).not.toBeUndefined();
  });

  it('hides every password', () => {
    const secrets = allOptions().filter(({ name }) => /password|secret|pwd/.test(name));
    expect(secrets).toHaveLength(5);
    expect(secrets.every(({ row }) => row.sensitive)).toBe(true);
  });

  it('gives no two options of a section one name', () => {
    const names = allOptions().flatMap(({ section, name, row }) =>
      [name, ...(row.aliases ?? [])].map((written) => `${section}/${written}`),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
