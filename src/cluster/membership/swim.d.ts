/** The parts of the `swim` package that the failure detector uses; the package has no types of its own. */
declare module 'swim' {
  import type { EventEmitter } from 'node:events';
  import type { RemoteInfo, Socket } from 'node:dgram';

  interface SwimMember {
    host: string;
    /** 0 alive, 1 suspect, 2 faulty. */
    state: number;
    incarnation: number;
    meta?: unknown;
  }

  interface SwimOptions {
    local: { host: string; meta?: unknown; incarnation?: number };
    codec?: 'json' | 'msgpack';
    disseminationFactor?: number;
    interval?: number;
    joinTimeout?: number;
    pingTimeout?: number;
    pingReqTimeout?: number;
    pingReqGroupSize?: number;
    suspectTimeout?: number;
    udp?: { type?: 'udp4' | 'udp6'; maxDgramSize?: number };
    preferCurrentMeta?: boolean;
  }

  class Swim extends EventEmitter {
    constructor(options: SwimOptions);
    bootstrap(hosts: string[], callback: (error?: Error) => void): void;
    leave(): void;
    members(hasLocal?: boolean, hasFaulty?: boolean): SwimMember[];
    updateMeta(meta: unknown): void;
    readonly membership: { sync(hosts: string[]): void; get(host: string): SwimMember | undefined };
    readonly net: {
      udpSocket: Socket;
      messageListener: (bytes: Buffer, from: RemoteInfo) => void;
      onMessage(bytes: Buffer, from: RemoteInfo): void;
      sendBuffer(bytes: Buffer, host: string): void;
    };
  }

  export = Swim;
}
