/**
 * The picture of the cluster that operators see: every node says what it serves, and one of them puts that
 * together, each second while somebody watches.
 */
import { AppError } from '../base/index.js';
import type { Configuration } from '../config/index.js';
import {
  clusterChannel,
  type ClusterNodePicture,
  type ClusterNodeReport,
  type ClusterPicture,
  type PushHub,
} from '../model/index.js';
import type { Cluster } from './cluster.js';

export interface PictureReader {
  /** Never rejects: a node that does not answer is part of the picture. */
  read(): Promise<ClusterPicture>;
  /** Tells it to whoever watches through `hub`, until what is returned is called. */
  publish(hub: PushHub): () => void;
}

/** What a node answers: its own figures, and of each partition `[partition, movesTo, ...copies]`. */
interface Answer {
  report: ClusterNodeReport;
  serves: readonly (readonly [partition: number, movesTo: string, ...copies: string[]])[];
}

const request = { kind: 'picture' };
const answerMs = 900;
const publishMs = 1_000;

export function createPictureReader(
  { clusterApplication, nodes, node }: Configuration,
  cluster: Pick<Cluster, 'requests' | 'serves' | 'status'>,
  nowMs: () => number,
): PictureReader {
  cluster.requests.answer(request.kind, () => Promise.resolve(answerOf(cluster)));

  async function ask(name: string): Promise<Answer | string> {
    if (name === node.application) return answerOf(cluster);
    try {
      return (await cluster.requests.ask(name, request, answerMs)) as Answer;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return error.message;
    }
  }

  async function read(): Promise<ClusterPicture> {
    const { view } = cluster.status().view;
    const away = (view?.members ?? [])
      .filter(({ name }) => !nodes.some(({ application }) => application === name))
      .map(({ name, host }) => ({ name, host }));
    const known = [...nodes.map(({ application: name, host }) => ({ name, host })), ...away];
    const answers = await Promise.all(known.map(({ name }) => ask(name)));
    return {
      application: clusterApplication,
      drawnBy: node.application,
      at: nowMs(),
      epoch: view?.epoch ?? 0,
      majority: Math.floor((view?.configured.length ?? nodes.length) / 2) + 1,
      configured: view?.configured.length ?? nodes.length,
      leaseMs: view?.terms.leaseMs ?? 0,
      nodes: known.map(({ name, host }, index): ClusterNodePicture => {
        const answer = answers[index] ?? '';
        return {
          name,
          host,
          isMember: view?.members.some((member) => member.name === name) ?? false,
          isDraining: view?.draining.includes(name) ?? false,
          report: typeof answer === 'string' ? null : answer.report,
          failure: typeof answer === 'string' ? answer : '',
        };
      }),
      ...placesOf(
        known.map(({ name }) => name),
        answers,
        view?.terms.partitionCount ?? 0,
      ),
    };
  }

  return {
    read,
    publish(hub) {
      let isReading = false;
      const timer = setInterval(() => {
        if (isReading || !hub.hasSubscribers(clusterChannel)) return;
        isReading = true;
        void read().then((picture) => {
          isReading = false;
          hub.publish(clusterChannel, picture);
        });
      }, publishMs);
      return () => clearInterval(timer);
    },
  };
}

function answerOf(cluster: Pick<Cluster, 'serves' | 'status'>): Answer {
  const { view, partitions, serving, alarms } = cluster.status();
  return {
    report: {
      epoch: view.view?.epoch ?? 0,
      notServing: serving.ok ? '' : serving.reason,
      leaseLeftMs: Math.round(view.leaseLeftMs),
      served: partitions.served,
      backed: partitions.backed,
      alone: partitions.underReplicated,
      moving: partitions.moving,
      copies: partitions.copiesHeld,
      logBytes: partitions.logBytes,
      alarms,
    },
    serves: cluster
      .serves()
      .map(({ partition, movesTo = '', copies }) => [partition, movesTo, ...copies] as const),
  };
}

function placesOf(
  names: readonly string[],
  answers: readonly (Answer | string)[],
  count: number,
): Pick<ClusterPicture, 'servers' | 'backups' | 'moving'> {
  const servers = new Array<number>(count).fill(-1);
  const backups = new Array<number>(count).fill(-1);
  const moving: number[] = [];
  for (const [index, answer] of answers.entries()) {
    if (typeof answer === 'string') continue;
    for (const [partition, movesTo, copy = ''] of answer.serves) {
      if (partition >= count) continue;
      servers[partition] = index;
      backups[partition] = names.indexOf(copy);
      if (movesTo !== '') moving.push(partition);
    }
  }
  return { servers, backups, moving };
}
