/** What the cluster page asks of the server. */
import type { ClusterPicture } from '../../../model/index.js';
import type { Http } from '../../shared/index.js';

export interface ClusterApi {
  logIn(user: string, password: string): Promise<void>;
  /** Also how the page finds out whether somebody may look: rejects with status 401 or 403 otherwise. */
  picture(): Promise<ClusterPicture>;
  /** Resolves when it has begun: how far it is, the picture tells. Rejects with 409 when it is refused. */
  drain(node: string): Promise<void>;
  undrain(node: string): Promise<void>;
}

export function createClusterApi(http: Http): ClusterApi {
  return {
    async logIn(user, password) {
      await http('POST', '/workspace/api/login', { user, password });
    },
    picture: async () => (await http('GET', '/cluster/api/picture')).body as ClusterPicture,
    async drain(node) {
      await http('POST', '/cluster/api/drain', { node });
    },
    async undrain(node) {
      await http('POST', '/cluster/api/undrain', { node });
    },
  };
}
