export { checkPeerHosts, isLoopback, type PeerTls } from './credentials.js';
export { checkOwnCertificate } from './own-certificate.js';
export { operate, type OperateOptions } from './operate.js';
export {
  openPeers,
  type CommandEnd,
  type PeerAddress,
  type PeerFigures,
  type Peers,
  type PeersOptions,
} from './peers.js';
export {
  protocolRange,
  throughWire,
  type CommandFrame,
  type InterestFrame,
  type ProtocolRange,
  type PushFrame,
  type ReplyFrame,
} from './protocol.js';
