/** What an operator asks and tells a running cluster, and what is refused at the start. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, newPerson, openBrowser } from '../../support/browser.js';
import { finish, settled, startTestCluster, type TestCluster } from '../../support/cluster-process.js';
import { until } from '../../support/until.js';
import { openVisit } from '../../support/visitor-client.js';

describe('beckon cluster', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startTestCluster(3);
    await settled(cluster);
  });

  afterAll(async () => {
    await cluster.remove();
  });

  /** Of the second node: partitions served, and copies held. */
  async function held(): Promise<{ served: number; copies: number }> {
    const { output } = await cluster.beckon('cluster', 'status', '--json');
    const answers = JSON.parse(output) as {
      name: string;
      status: { partitions: { served: number; copiesHeld: number } };
    }[];
    const found = answers.find(({ name }) => name === 'GWE_Node2');
    return {
      served: found?.status.partitions.served ?? -1,
      copies: found?.status.partitions.copiesHeld ?? -1,
    };
  }

  it('shows a row for every node', async () => {
    const { code, output } = await cluster.beckon('cluster', 'status');
    expect(code).toBe(0);
    expect(output).toMatch(/^node +epoch +lease +served +backed +alone +moving +copies +log +state/);
    for (const name of ['GWE_Node1', 'GWE_Node2', 'GWE_Node3']) {
      expect(output).toMatch(new RegExp(`^${name} +\\d+ +\\d+ ms .* serving$`, 'm'));
    }
  });

  it('drains a node, says when it is done, and gives it work again', { timeout: 120_000 }, async () => {
    const drained = await cluster.beckon('cluster', 'drain', 'GWE_Node2');
    expect(drained).toMatchObject({ code: 0, output: expect.stringContaining('can be stopped') as string });
    expect(await held()).toEqual({ served: 0, copies: 0 });
    expect(await cluster.beckon('cluster', 'undrain', 'GWE_Node2')).toMatchObject({ code: 0 });
    await until(async () => (await held()).served > 0, 'the node to serve again', 30_000);
  });

  it('forwards a request that came to the wrong node, and tells the balancer where to go', async () => {
    const [owner, other] = await cluster.nodes();
    if (owner === undefined || other === undefined) throw new Error('there are three nodes');
    const visit = await openVisit(owner.default);
    await visit.send([visit.event('VisitStarted')]);
    const send = (cookie: string): Promise<Response> =>
      fetch(`${other.default}/server/data/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie },
        body: JSON.stringify([visit.event('Seen')]),
      });
    const routedRight = async (): Promise<string | undefined> =>
      /^lb_routing_correct (\d)$/m.exec(await (await fetch(`${other.default}/metrics`)).text())?.[1];

    const forwarded = await send('');
    expect(forwarded.status).toBe(200);
    expect(forwarded.headers.get('set-cookie')).toMatch(/^GWEROUTEID=\.GWE_Node1; Path=\/; HttpOnly/);
    expect(await routedRight()).toBe('1');
    const misrouted = await send('GWEROUTEID=.GWE_Node1');
    expect(misrouted.status).toBe(200);
    // The cookie is right: it was the balancer that did not heed it.
    expect(misrouted.headers.get('set-cookie')).toBeNull();
    expect(await routedRight()).toBe('0');
    const { body } = await visit.get(`/server/data/visits/${visit.visitID}/events`);
    const names = (body as { eventName: string }[]).map(({ eventName }) => eventName);
    expect(names.filter((name) => name === 'Seen')).toHaveLength(2);
  });

  it('refuses what cannot be meant', async () => {
    const wrong = await cluster.beckon('cluster', 'drain', 'GWE_Node9');
    expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining('GWE_Node9') as string });
    const unnamed = await cluster.beckon('cluster', 'drain');
    expect(unnamed.code).not.toBe(0);
    expect(unnamed.output).toContain('needs the name of a node');
    const stranger = await cluster.beckon('node', '--name', 'GWE_Node9');
    expect(stranger.code).toBe(1);
    expect(stranger.output).toContain('GWE_Node9');
    const asked = await cluster.beckon('cluster', 'status', '--node', 'GWE_Node9');
    expect(asked.code).toBe(1);
    expect(asked.output).toMatch(/has no node GWE_Node9; known: GWE_Node1, GWE_Node2, GWE_Node3/);
  });

  it('shows the nodes as a page, and drains one there', { timeout: 120_000 }, async () => {
    const [first] = await cluster.nodes();
    if (first === undefined) throw new Error('there are three nodes');
    expect((await fetch(`${first.ui}/cluster/api/picture`)).status).toBe(401);
    const browser = await openBrowser();
    try {
      // Two refused requests are how the page finds out who may look.
      const { page, complaints } = await newPerson(
        browser,
        {},
        { isComplaint: (text) => !/40[13]/.test(text) },
      );
      const logIn = async (user: string): Promise<void> => {
        await page.getByTestId('login-user').fill(user);
        await page.getByTestId('login-password').fill(`${user}-lab`);
        await page.getByTestId('login-submit').click();
      };
      await page.goto(`${first.ui}/cluster`);
      await logIn('ben');
      await page.getByText('lacks the privilege').waitFor();
      await logIn('anna');
      await page.locator('[data-testid=connection-state][data-state=connected]').waitFor();
      await page.locator('[data-testid=verdict][data-verdict=well]').waitFor({ timeout: 30_000 });
      expect(await axeFindings(page)).toEqual([]);
      await page.getByTestId('drain-GWE_Node3').click();
      await page.getByTestId('confirm').click();
      await page.locator('[data-testid=node-GWE_Node3][data-state=drained]').waitFor({ timeout: 30_000 });
      await page.getByTestId('undrain-GWE_Node3').click();
      await page.locator('[data-testid=node-GWE_Node3][data-state=serving]').waitFor({ timeout: 30_000 });
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it('is left as it is by a second start, and by a file that cannot be its folder', async () => {
    const before = await readFile(cluster.configFile, 'utf8');
    const second = await finish(['cluster-lab', '--nodes', '5', '--data', cluster.data]);
    expect(second).toMatchObject({ code: 1, output: expect.stringMatching(/runs already.*stop/) as string });
    expect(await readFile(cluster.configFile, 'utf8')).toBe(before);
    const living = await cluster.startNode('GWE_Node2');
    expect(living).toMatchObject({ code: 1, output: expect.stringContaining('runs already') as string });
    const unknown = await cluster.startNode('GWE_Node9');
    expect(unknown.output).toMatch(/needs the name of a node.*GWE_Node1, GWE_Node2, GWE_Node3/);
    const misplaced = await finish(['cluster-lab', '--data', cluster.configFile]);
    expect(misplaced).toMatchObject({
      code: 1,
      output: expect.stringMatching(/cannot be used: (EEXIST|ENOTDIR)/) as string,
    });
  });

  it(
    'is stopped by its folder alone, and started again with as many nodes',
    { timeout: 120_000 },
    async () => {
      const stopped = await finish(['cluster-lab', 'stop', '--data', cluster.data]);
      expect(stopped).toEqual({ code: 0, output: 'ended: GWE_Node1, GWE_Node2, GWE_Node3\n' });
      const more = await finish(['cluster-lab', '--nodes', '5', '--data', cluster.data]);
      expect(more).toMatchObject({
        code: 1,
        output: expect.stringContaining('has a cluster of 3 nodes, not 5') as string,
      });
    },
  );
});

it('refuses an embedded store for nodes on two machines', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beckon-config-'));
  const file = join(folder, 'cluster.yaml');
  const node = (application: string, host: string, base: number) => ({
    application,
    host,
    ports: {
      default: base,
      ui: base + 1,
      'server/data/rules/deploy': base + 2,
      peers: base + 3,
      swim: base + 4,
    },
    options: { beckon: { dataFolder: join(folder, application) } },
  });
  const tls = { authorityFile: 'a.pem', certificateFile: 'n.pem', keyFile: 'n.key' };
  const options = { cluster: { key: 'a key of sixteen and more', ...tls }, beckon: { storeFolder: folder } };
  await writeFile(
    file,
    stringify({
      cluster: { application: 'GWE_Cluster', options },
      nodes: [node('GWE_Node1', '127.0.0.1', 22_950), node('GWE_Node2', '192.0.2.7', 22_960)],
      agentGroups: [{ name: 'Web Engagement Chat' }],
      application: { name: 'playground', folder: join(import.meta.dirname, '../../../apps/playground') },
    }),
  );
  const { code, output } = await finish(['node', '--name', 'GWE_Node1', '--config', file]);
  await rm(folder, { recursive: true, force: true });
  expect(code).toBe(1);
  expect(output).toMatch(/embedded store is a file of one machine.*192\.0\.2\.7/);
});
