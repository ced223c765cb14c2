export { elasticBackend } from './elastic-backend.js';
export { embeddedBackend, type EmbeddedBackendOptions } from './embedded-backend.js';
export { type Backend, openSearchGateway, type SearchGateway, type SearchGatewayOptions } from './gateway.js';
export { jsonPath, type PathStep } from './json-path.js';
export { DocumentMask, type MaskOptions, type MaskTest } from './mask.js';
export { gatewayPolicy, type GatewayPolicy } from './policy.js';
