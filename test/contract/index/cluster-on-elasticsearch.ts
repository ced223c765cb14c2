/**
 * Two nodes with a store in common that index what they have in a real Elasticsearch. A person is erased from
 * both nodes, their spools, the store and the index, in time and with a receipt that can be verified; and
 * what the index lost comes back from the store.
 */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runIndex } from '../../../src/commands/search-index.js';
import { runPrivacy } from '../../../src/commands/privacy/index.js';
import { CutProxy } from '../../support/cut-proxy.js';
import type { ElasticServer } from '../../support/elasticsearch.js';
import { makeNodeProcesses, type NodeProcesses, type Surroundings } from '../../support/node-processes.js';
import { until } from '../../support/until.js';
import { openVisit, type VisitorClient } from '../../support/visitor-client.js';

const names = ['GWE_Node1', 'GWE_Node2'];
/** The keyspace's name is the index's too. */
const keyspace = 'erasing';
const carla = 'carla@example.com';
const dora = 'dora@example.com';

interface End {
  code: number;
  out: string;
  error: string;
}

/** A command of this process, with Anna's password for its input. */
async function command(run: (terminal: never) => Promise<number>): Promise<End> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const stdin = Readable.from(['anna-lab\n']) as NodeJS.ReadableStream;
  const texts = Promise.all([text(stdout), text(stderr)]);
  const terminal = { stdin, stdout, stderr, outIsTty: false, errIsTty: false };
  const code = await run(terminal as never);
  stdout.end();
  stderr.end();
  const [out, error] = await texts;
  return { code, out, error };
}

async function signIn(visit: VisitorClient, userID: string): Promise<void> {
  const entered = visit.event('PageEntered', { data: { title: `Title of ${userID}` } });
  const signed = visit.event('SignIn', { data: { userID, name: `Name of ${userID}` } });
  expect((await visit.send([entered, signed])).status).toBe(200);
}

/** Files below `folder` that have `trace` anywhere. */
async function filesWith(folder: string, trace: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const file = join(folder, name);
    const bytes = await stat(file).then(
      async (entry) => (entry.isFile() ? readFile(file) : undefined),
      () => undefined,
    );
    if (bytes?.includes(trace) === true) found.push(name);
  }
  return found;
}

async function surroundings(elastic: {
  url: string;
  user: string;
  password: string;
  caFile: string;
}): Promise<Surroundings> {
  const lab = parse(await readFile(resolve('config/lab.yaml'), 'utf8')) as Surroundings;
  const { url, user, password, caFile } = elastic;
  return {
    options: {
      cassandraKeyspace: { name: keyspace },
      elasticsearch: {
        enabled: true,
        nodes: url,
        userName: user,
        password,
        certificateAuthority: caFile,
        requestTimeout: 5,
      },
      pacing: { chatGroups: 'Web Engagement Chat' },
      // The least, so that little traffic reaches the spool.
      beckon: { writeBehindRowsMax: 1_000 },
    },
    agentGroups: lab.agentGroups,
    agents: lab.agents,
  };
}

export function clusterOnElasticsearch(server: () => ElasticServer): void {
  describe('two nodes on Elasticsearch', () => {
    const cleanups: (() => Promise<void>)[] = [];
    let client: Client;
    /** Cut where the index is to be away. */
    let wayToIndex: CutProxy;
    let nodes: NodeProcesses;
    let urls: { server: string; ui: string; deploy: string }[];

    beforeAll(async () => {
      const { url, user, password, caFile = '' } = server();
      client = new Client({
        node: url,
        auth: { username: user, password },
        tls: { ca: await readFile(caFile) },
      });
      cleanups.push(() => client.close());
      wayToIndex = new CutProxy(Number(new URL(url).port));
      const port = await wayToIndex.listen();
      cleanups.push(() => wayToIndex.close());
      nodes = await makeNodeProcesses(
        names,
        await surroundings({ url: `https://127.0.0.1:${port}`, user, password, caFile }),
      );
      cleanups.push(() => nodes.remove());
      await nodes.configure(names);
      nodes.start(...names);
      const serves = async (name: string): Promise<boolean> => (await nodes.about(name))?.serving === true;
      await until(
        async () => (await Promise.all(names.map(serves))).every(Boolean),
        'both nodes to serve',
        120_000,
      ).catch((error: unknown) => {
        throw new Error(names.map((name) => nodes.logOf(name)).join('\n'), { cause: error });
      });
      urls = names.map((name) => nodes.urlsOf(name));
    }, 150_000);

    afterAll(async () => {
      for (const cleanup of cleanups.reverse()) await cleanup();
    }, 60_000);

    const privacy = (...args: string[]): Promise<End> =>
      command((terminal) => runPrivacy([...args, '--url', urls[0]?.ui ?? '', '--user', 'anna'], terminal));

    /** Files of the nodes, their store among them, and the index, as far as they have `trace` anywhere. */
    async function placesWith(trace: string): Promise<string[]> {
      return [...(await filesWith(nodes.folder, trace)), ...(await indexWith(trace))];
    }

    async function documents(): Promise<unknown[]> {
      await client.indices.refresh();
      const { hits } = await client.search({ index: `${keyspace}-*`, size: 1_000 });
      return hits.hits;
    }

    async function indexWith(trace: string): Promise<string[]> {
      return (await documents()).some((each) => JSON.stringify(each).includes(trace)) ? ['index'] : [];
    }

    it('reaches everything that two nodes have of a person', { timeout: 180_000 }, async () => {
      const [one, other] = urls.map(({ server }) => server) as [string, string];
      const visits = [await openVisit(one), await openVisit(other)];
      const stranger = await openVisit(other);
      for (const visit of visits) await signIn(visit, carla);
      await signIn(stranger, dora);
      await until(async () => (await indexWith(carla)).length > 0, 'the index to have the person', 60_000);

      // With the index away rows wait for it on disk, and an erasure cannot be had.
      wayToIndex.isClosed = true;
      wayToIndex.cutAll();
      const spooled = async (): Promise<boolean> =>
        (await filesWith(nodes.folder, carla)).some((name) => name.includes('spool/index'));
      await until(
        async () => {
          for (const visit of visits) {
            const events = Array.from({ length: 50 }, () => visit.event('Search', { data: { by: carla } }));
            await Promise.all(events.map((event) => visit.send([event])));
          }
          return spooled();
        },
        'the person in a spool',
        60_000,
      );
      const refused = await privacy('erase', '--identity', carla);
      expect([refused.code, refused.out]).toEqual([1, '']);
      // The other node may still be about it.
      await until(async () => !(await spooled()), 'the person to be out of the spools', 30_000);
      wayToIndex.isClosed = false;

      const erased = await privacy('erase', '--identity', carla);
      expect(erased.error).toBe('');
      const receipt = JSON.parse(erased.out) as { durationMs: number; reached: string[] };
      expect(receipt).toMatchObject({ kind: 'erasure', visits: 2, identities: 1 });
      expect(receipt.durationMs).toBeLessThan(60_000);
      const reached = names.flatMap((name) =>
        ['memory', 'spool', 'store', 'index', 'journal'].map((what) => `${name}: ${what}`),
      );
      expect(receipt.reached.toSorted()).toEqual(reached.toSorted());
      for (const trace of [carla, ...visits.map(({ visitID }) => visitID)]) {
        expect([trace, await placesWith(trace)]).toEqual([trace, []]);
      }
      await writeFile(join(nodes.folder, 'receipt.json'), erased.out);
      await writeFile(join(nodes.folder, 'receipt.pub'), (await privacy('key')).out);
      const verified = await command((terminal) =>
        runPrivacy(
          [
            ...['verify', join(nodes.folder, 'receipt.json'), '--key', join(nodes.folder, 'receipt.pub')],
            ...['--identity', carla],
          ],
          terminal,
        ),
      );
      expect(verified).toMatchObject({ code: 0, error: '' });

      for (const { server } of urls) {
        expect((await fetch(`${server}/server/data/identities/${carla}`)).status).toBe(404);
        expect((await fetch(`${server}/server/data/identities/${dora}`)).status).toBe(200);
      }
      expect((await privacy('export', '--identity', dora)).out).toContain(`Name of ${dora}`);
    });

    it('fills the index again from the store, with all that it lost', { timeout: 120_000 }, async () => {
      await until(async () => (await indexWith(dora)).length > 0, 'the index to have the other', 60_000);
      const before = (await documents()).length;
      const { body } = await client.indices.get({ index: `${keyspace}-*` }, { meta: true });
      await client.indices.delete({ index: Object.keys(body) });
      expect(await documents()).toEqual([]);
      const rebuilt = await command((terminal) =>
        runIndex(['rebuild', '--url', urls[1]?.deploy ?? ''], terminal),
      );
      expect(rebuilt.error).toBe('');
      expect(rebuilt.out).toMatch(/^Indexed \d+ visits and 1 identities, \d+ rows; 0 were refused\.\n$/);
      expect((await documents()).length).toBe(before);
      expect(await indexWith(carla)).toEqual([]);
    });
  });
}
