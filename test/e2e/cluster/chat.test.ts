/** A chat between a visitor and an agent of different nodes goes on when the node of the visit is killed. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ChatResource, ChatUpdateData, InvitationData } from '../../../src/model/index.js';
import { type AgentClient, logIn } from '../../support/agent-client.js';
import {
  type ClusterNode,
  settled,
  startTestCluster,
  type TestCluster,
} from '../../support/cluster-process.js';
import { type NotificationPage, openNotificationPage } from '../../support/notification-page.js';
import { until } from '../../support/until.js';
import { openVisit, visitor, type VisitorClient } from '../../support/visitor-client.js';

const againBoundMs = 15_000;

const rule = (name: string, eventName: string): string => `package com.example.cluster
rule "${name}"
when
  $event : Event( eventName == "${eventName}" )
then
  emitActionable( $event, "${name}" );
end
`;

let cluster: TestCluster;
let nodes: [ClusterNode, ClusterNode, ClusterNode];

beforeAll(async () => {
  cluster = await startTestCluster(3);
  await settled(cluster);
  nodes = (await cluster.nodes()) as typeof nodes;
});

afterAll(async () => {
  await cluster.remove();
});

async function deploy(node: ClusterNode, text: string): Promise<void> {
  const response = await fetch(`${node.deploy}/server/data/rules/deploy`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: text,
  });
  expect(response.status).toBe(200);
}

it('has rules in force on every node soon after one has taken them', async () => {
  await deploy(nodes[0], rule('wants help', 'WantsHelp'));
  const startMs = performance.now();
  for (const node of nodes) {
    const client = await openVisit(node.default);
    await until(
      async () => {
        await client.send([client.event('WantsHelp')]);
        const { body } = await client.get(`/server/data/visits/${client.visitID}/events`);
        return (body as { eventName: string }[]).some(({ eventName }) => eventName === 'wants help');
      },
      `the rule on ${node.name}`,
      5_000,
    );
    const list = (await (await fetch(`${node.deploy}/server/data/rules`)).json()) as { package: string }[];
    expect(list.map((entry) => entry.package)).toContain('com.example.cluster');
  }
  console.info(`rules in force on all nodes after ${Math.round(performance.now() - startMs)} ms`);
});

async function notified<Data>(page: NotificationPage, channel: string): Promise<Data> {
  const found = await until(
    () => page.messages.find((message) => message.channel === channel),
    channel,
    againBoundMs,
  );
  return found.data as unknown as Data;
}

/** Invites, and accepts on both sides; gives the id of the chat. */
async function openChat(client: VisitorClient, page: NotificationPage, agent: AgentClient): Promise<string> {
  await client.send([client.event('VisitStarted'), client.event('PageEntered'), client.event('WantsHelp')]);
  const { engagementID } = await notified<InvitationData>(page, 'gpe.invite');
  const said = (code: string): Promise<{ status: number; body: { chatId: string | null } }> => {
    const query = new URLSearchParams({ visitID: client.visitID, engagementID, code });
    return client.get(`/server/data/notification/disposition?${query.toString()}`);
  };
  expect((await said('shown')).status).toBe(200);
  const chatId = (await said('accept')).body.chatId ?? '';
  await until(async () => (await agent.state()).offers.some((offer) => offer.chatId === chatId), 'the offer');
  expect(await agent.post(`chats/${chatId}/accept`, {})).toBe(200);
  return chatId;
}

/** The texts that the agent's workspace shows. */
async function shownTo(agent: AgentClient, chatId: string): Promise<(string | undefined)[]> {
  const chat = (await agent.state()).chats.find((candidate) => candidate.chatId === chatId);
  return chat?.entries.filter(({ kind }) => kind === 'message').map(({ text }) => text) ?? [];
}

/** The texts that the page was pushed, repeats included. */
function pushedTo(page: NotificationPage): (string | undefined)[] {
  return page.messages
    .filter(({ channel }) => channel === 'gpe.chat')
    .flatMap(({ data }) => (data as unknown as ChatUpdateData).entries)
    .filter(({ kind }) => kind === 'message')
    .map(({ text }) => text);
}

it('carries a chat over the death of the node that has the visit', { timeout: 120_000 }, async () => {
  const [agents, dying, other] = nodes;
  const agent = await logIn(agents.ui, 'anna', 'anna-lab');
  expect(await agent.post('readiness', { readiness: 'ready' })).toBe(200);
  const client = await openVisit(dying.default);
  const page = await openNotificationPage(dying.default, client.visitID, {});
  await until(() => page.place !== undefined, 'the subscription');
  const chatId = await openChat(client, page, agent);

  const says = async (who: VisitorClient, messageId: string, text: string): Promise<boolean> =>
    (await who.post(`/server/data/chat/${chatId}/messages`, { messageId, text })).status === 200;
  const answers = async (messageId: string, text: string): Promise<boolean> =>
    (await agent.post(`chats/${chatId}/messages`, { messageId, text })) === 200;
  expect(await says(client, 'v1', 'Hello?')).toBe(true);
  await until(async () => (await shownTo(agent, chatId)).includes('Hello?'), 'the question at the agent');
  expect(await answers('a1', 'Good day.')).toBe(true);
  await until(() => pushedTo(page).includes('Good day.'), 'the answer at the visitor');
  const place = page.place;

  await cluster.signal(dying.name, 'SIGKILL');
  const diedMs = performance.now();
  page.client.close();
  await until(() => answers('a2', 'Still there?'), 'the agent to go on', againBoundMs);
  const agentMs = performance.now() - diedMs;
  const elsewhere = visitor(other.default, client.visitID, client.globalVisitID, 'http://shop.example/');
  const again = await openNotificationPage(other.default, client.visitID, place ?? {});
  await until(() => pushedTo(again).includes('Still there?'), 'what was missed', againBoundMs);
  await until(() => says(elsewhere, 'v2', 'Yes.'), 'the visitor to go on', againBoundMs);
  console.info(`the chat went on ${Math.round(agentMs)} ms after kill -9`);
  // A repeat, as a browser sends that has not heard the answer.
  expect(await says(elsewhere, 'v2', 'Yes.')).toBe(true);
  await until(async () => (await shownTo(agent, chatId)).includes('Yes.'), 'the last word at the agent');
  expect(await answers('a3', 'Fine.')).toBe(true);
  await until(() => pushedTo(again).includes('Fine.'), 'the last answer');

  expect(cluster.printed()).toContain(`bin/cluster start-node ${dying.name}`);
  expect(pushedTo(again)).toEqual(['Still there?', 'Yes.', 'Fine.']);
  const everything = ['Hello?', 'Good day.', 'Still there?', 'Yes.', 'Fine.'];
  expect(await shownTo(agent, chatId)).toEqual(everything);
  const chat = (await elsewhere.get(`/server/data/chat/${chatId}?since=0`)).body as ChatResource;
  const texts = chat.entries.filter(({ kind }) => kind === 'message').map(({ text }) => text);
  expect(texts).toEqual(everything);
  again.client.close();
});
