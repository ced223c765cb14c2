import { describe, expect, it } from 'vitest';
import { rehearse } from '../../../../src/cluster/node/rehearsal.js';
import type { PeerMessage } from '../../../../src/cluster/member/index.js';
import { defaultClusterSettings } from '../../../../src/cluster/settings.js';
import { throughWire } from '../../../../src/transport/peers/index.js';

const names = ['GWE_Node1', 'GWE_Node2', 'GWE_Node3'];

describe('the rehearsal of a change of views', () => {
  it('comes to its last scene, with every message of a join on the wire', () => {
    const kinds = new Set<PeerMessage['kind']>();
    const handOffs = rehearse({
      settings: defaultClusterSettings,
      names,
      throughWire(message) {
        kinds.add(message.kind);
        return throughWire(message);
      },
    });
    expect(handOffs).toBeGreaterThan(0);
    expect([...kinds]).toEqual(
      expect.arrayContaining(['accept', 'decided', 'holdings', 'grants', 'frames', 'acks', 'release']),
    );
  });

  it('ends by itself when the players never hear each other well enough', () => {
    const deaf = (message: PeerMessage): PeerMessage =>
      message.kind === 'frames' ? { ...message, epoch: -1 } : message;
    expect(rehearse({ settings: defaultClusterSettings, names, throughWire: deaf })).toBe(0);
  });
});
