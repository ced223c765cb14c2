/**
 * The newest picture of the cluster: it comes by push each second, and is read once more whenever a lost
 * connection may have hidden one.
 */
import { useEffect, useState } from 'react';
import { clusterChannel, type ClusterPicture } from '../../../model/index.js';
import type { ConnectionState, PushClient } from '../../shared/index.js';
import type { ClusterApi } from './api.js';

export interface Watched {
  picture: ClusterPicture;
  connection: ConnectionState;
}

/** `first` is shown until the next one comes. */
export function usePicture(api: ClusterApi, push: PushClient, first: ClusterPicture): Watched {
  const [picture, setPicture] = useState(first);
  const [connection, setConnection] = useState<ConnectionState>('connecting');

  useEffect(() => {
    push.start({ stateChanged: setConnection, refused: () => undefined });
    const end = push.subscribe(clusterChannel, {
      receive: (data) => setPicture(data as ClusterPicture),
      // A failure says nothing new: the next push, or the badge, does.
      caughtUp: () => void api.picture().then(setPicture, () => undefined),
    });
    return () => {
      end();
      push.stop();
    };
  }, [api, push]);

  return { picture, connection };
}
