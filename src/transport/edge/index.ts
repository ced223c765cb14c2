export { createEdge, defaultCorsOptions, defaultEdgeLimits } from './edge.js';
export { parseForwardedFor } from './http/forwarded.js';
export { defaultStaticOptions } from './static/mounts.js';
export { loadTlsIdentity, type TlsParameters } from './tls/identity.js';
export { tlsParametersOf } from './tls/start-parameters.js';
export { trustedCertificates } from './tls/trust-store.js';
export { createOpenBayeux, type OpenBayeuxOptions } from './open-bayeux.js';
export type {
  BayeuxOptions,
  CorsOptions,
  Edge,
  EdgeLimits,
  EdgeOptions,
  EdgeRequest,
  EdgeStats,
  FallbackApp,
  FallbackRequest,
  FallbackResponse,
  Headers,
  HotRoute,
  Respond,
  SecureOptions,
  StaticMount,
  StaticOptions,
  WireChoice,
} from './options.js';
