// What several faults do: nodes that die and come back, which disks may be lost, links that are cut for a
// while.
import { isAdmitted, majorityOf, type View } from '../../src/cluster/identity.js';
import type { FaultWorld } from './faults.js';
import { killNode, startLater, type NodeWorld, type SimNode } from './node.js';

/** A directed link: from, to. */
export type Link = [from: string, to: string];

/** Which links of a node: those that it hears by, those that it is heard by, or both. */
export type Way = 'in' | 'out' | 'both';

export const upNodes = (world: NodeWorld): SimNode[] =>
  [...world.nodes.values()].filter(({ process }) => process !== undefined);

/**
 * Whether the cluster can decide without this node's present disk: by the newest view that anybody has
 * installed, and by the newest that the others' disks know, should they never hear of that one.
 */
export function canLose(world: FaultWorld, node: SimNode): boolean {
  const view = world.checks.newest;
  const others = [...world.nodes.values()].filter((other) => other !== node);
  // Were every disk lost, the cluster would form anew, and rightly so.
  if (world.plan.ruin) return others.some(({ disk }) => disk.kept?.view !== undefined);
  if (view === undefined) return world.nodes.size > 1;
  const kept = newestKept(others);
  // Files that name nodes which were added since do not form a cluster with those that do not.
  if (kept === undefined && world.operators.nodesMade > world.plan.nodeCount) return false;
  return canDecide(others, view) && canDecide(others, kept ?? view);
}

function newestKept(nodes: readonly SimNode[]): View | undefined {
  return nodes
    .map(({ disk }) => disk.kept?.view)
    .filter((view) => view !== undefined)
    .sort((one, other) => other.epoch - one.epoch)[0];
}

/** Whether enough of these nodes have the disks that vote on the view after `view`, and will vote. */
export function canDecide(nodes: readonly SimNode[], view: View): boolean {
  const voting = nodes.filter(
    ({ name, disk: { kept } }) =>
      kept !== undefined &&
      (kept.view !== undefined || kept.open) &&
      isAdmitted(view, { name, incarnation: kept.incarnation }),
  );
  return voting.length >= majorityOf(view.configured.length);
}

export function othersOf(world: NodeWorld, name: string): string[] {
  return [...world.nodes.keys()].filter((other) => other !== name);
}

/** The links of a node with all others. */
export function linksOf(world: NodeWorld, name: string, way: Way): Link[] {
  return othersOf(world, name).flatMap((other): Link[] => [
    ...(way === 'in' ? [] : [[name, other] satisfies Link]),
    ...(way === 'out' ? [] : [[other, name] satisfies Link]),
  ]);
}

/** Dies and is back after a while; with `wipe` without its disk, if the cluster can lose that. */
export function rebirth(
  world: FaultWorld,
  node: SimNode,
  downMs: number,
  { wipe, lost }: { wipe: boolean; lost: 'some' | 'all' },
): number {
  killNode(world, node, wipe && canLose(world, node), lost);
  startLater(world, node, downMs);
  return downMs;
}

/** Cuts links, and mends them after a while. */
export function cutFor(world: FaultWorld, forMs: number, links: readonly Link[], text: string): number {
  for (const [from, to] of links) world.network.cut(from, to);
  world.timeline.say(
    'net',
    `${text} for ${Math.round(forMs)} ms: ${links.map((link) => link.join('>')).join(' ')}`,
  );
  world.scheduler.after(forMs, () => {
    for (const [from, to] of links) world.network.mend(from, to);
    world.timeline.say('net', `${text} is over`);
  });
  return forMs;
}
