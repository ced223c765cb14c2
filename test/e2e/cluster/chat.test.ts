/**
 * Chats, invitations and rules under way go on when the node of their visit is killed, its agent and its
 * visitor being at others.
 */
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

const rules = `package com.example.cluster
rule "wants help"
when
  $event : Event( eventName == "WantsHelp" )
then
  emitActionable( $event, "wants help" );
end
rule "looked and asked"
when
  $look : Event( eventName == "Looked" )
  $event : Event( eventName == "Asked", this after[0s,10m] $look )
then
  emitVisit( "looked and asked" );
end
rule "put aside"
when
  $event : Event( eventName == "PutAside" )
  not Event( eventName == "Bought", this after[0s,10s] $event )
then
  emitVisit( "put aside" );
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
  await deploy(nodes[0], rules);
  const startMs = performance.now();
  for (const node of nodes) {
    const client = await openVisit(node.default);
    await until(
      async () => {
        await client.send([client.event('WantsHelp')]);
        return (await eventNames(client)).includes('wants help');
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

/** Asks for help, and shows the invitation that comes; gives its engagement. */
async function showInvitation(client: VisitorClient, page: NotificationPage): Promise<string> {
  await client.send([client.event('VisitStarted'), client.event('PageEntered'), client.event('WantsHelp')]);
  const { engagementID } = await notified<InvitationData>(page, 'gpe.invite');
  expect((await say(client, engagementID, 'shown')).status).toBe(200);
  return engagementID;
}

function say(
  { visitID, get }: VisitorClient,
  engagementID: string,
  code: string,
): Promise<{ status: number; body: { chatId: string | null } }> {
  const query = new URLSearchParams({ visitID, engagementID, code });
  return get(`/server/data/notification/disposition?${query.toString()}`);
}

/** The visitor accepts, and the agent does; gives the id of the chat. */
async function accept(client: VisitorClient, engagementID: string, agent: AgentClient): Promise<string> {
  const chatId = (await say(client, engagementID, 'accept')).body.chatId ?? '';
  await until(async () => (await agent.state()).offers.some((offer) => offer.chatId === chatId), 'the offer');
  expect(await agent.post(`chats/${chatId}/accept`, {})).toBe(200);
  return chatId;
}

async function eventNames({ visitID, get }: VisitorClient): Promise<string[]> {
  const { body } = await get(`/server/data/visits/${visitID}/events`);
  return (body as { eventName: string }[]).map(({ eventName }) => eventName);
}

/** The same visitor, whose balancer has gone over to another node. */
const at = (node: ClusterNode, { visitID, globalVisitID }: VisitorClient): VisitorClient =>
  visitor(node.default, visitID, globalVisitID, 'http://shop.example/');

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

/** What is not done yet when the node of these visits is killed. */
interface UnderWay {
  looked: VisitorClient;
  putAside: VisitorClient;
  invited: VisitorClient;
  engagementID: string;
}

async function begin(node: ClusterNode): Promise<UnderWay> {
  const looked = await openVisit(node.default);
  await looked.send([looked.event('Looked')]);
  const putAside = await openVisit(node.default);
  await putAside.send([putAside.event('PutAside')]);
  const invited = await openVisit(node.default);
  const page = await openNotificationPage(node.default, invited.visitID, {});
  await until(() => page.place !== undefined, 'the subscription');
  const engagementID = await showInvitation(invited, page);
  page.client.close();
  return { looked, putAside, invited, engagementID };
}

let agent: AgentClient;
let underWay: UnderWay;

it('carries a chat over the death of the node that has the visit', { timeout: 120_000 }, async () => {
  const [agents, dying, other] = nodes;
  agent = await logIn(agents.ui, 'anna', 'anna-lab');
  expect(await agent.post('readiness', { readiness: 'ready' })).toBe(200);
  underWay = await begin(dying);
  const client = await openVisit(dying.default);
  const page = await openNotificationPage(dying.default, client.visitID, {});
  await until(() => page.place !== undefined, 'the subscription');
  const chatId = await accept(client, await showInvitation(client, page), agent);

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
  const elsewhere = at(other, client);
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

it('carries a rule half met, one that waits, and an invitation over it', { timeout: 60_000 }, async () => {
  const [, , other] = nodes;
  const looked = at(other, underWay.looked);
  const { status, body } = await looked.send([looked.event('Asked')]);
  expect({ status, body }).toMatchObject({ status: 200, body: { rejected: [] } });
  await until(async () => (await eventNames(looked)).includes('looked and asked'), 'the rule half met');

  const invited = at(other, underWay.invited);
  expect(await accept(invited, underWay.engagementID, agent)).not.toBe('');

  // Its time is over without another event of the visitor.
  const putAside = at(other, underWay.putAside);
  await until(async () => (await eventNames(putAside)).includes('put aside'), 'the rule that waits', 20_000);
  expect((await eventNames(putAside)).filter((name) => name === 'put aside')).toHaveLength(1);
});
