export { createClusterApi, type ClusterApi } from './api.js';
export { usePicture, type Watched } from './use-picture.js';
