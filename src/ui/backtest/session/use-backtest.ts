/**
 * One back-test from its start to its report. Progress comes by push; whatever a lost connection may have
 * hidden is read again, so the page never waits for a message that will not come.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { BacktestMessage, BacktestProgress, BacktestState } from '../../../model/index.js';
import type { PushClient } from '../../shared/index.js';
import type { BacktestApi, Draft } from './api.js';

export interface Backtest {
  /** Null before the first start. */
  state: BacktestState | null;
  progress: BacktestProgress | null;
  start(draft: Draft): Promise<void>;
  cancel(): Promise<void>;
}

/** How often the run is read beside the push, for a network that lets no push through. */
const rereadMs = 3_000;

export function useBacktest(api: BacktestApi, push: PushClient): Backtest {
  const [id, setId] = useState<string | null>(null);
  const [user, setUser] = useState<string | null>(null);
  const [state, setState] = useState<BacktestState | null>(null);
  const [progress, setProgress] = useState<BacktestProgress | null>(null);
  const current = useRef<string | null>(null);

  const read = useCallback(async () => {
    const asked = current.current;
    if (asked === null) return;
    const run = await api.run(asked).catch(() => null);
    if (run === null || asked !== current.current) return;
    setProgress(run.progress);
    setState(run.state);
    if (run.state.kind !== 'running') current.current = null;
  }, [api]);

  useEffect(() => {
    if (user === null) return undefined;
    const listener = { stateChanged: () => undefined, refused: () => undefined };
    push.start(listener);
    const end = push.subscribe(`/backtest/${user}`, {
      receive(data) {
        const message = data as BacktestMessage;
        if (message.id !== current.current) return;
        setProgress(message.progress);
        if (message.state !== 'running') void read();
      },
      caughtUp: () => void read(),
    });
    return () => {
      end();
      push.stop();
    };
  }, [user, push, read]);

  useEffect(() => {
    if (id === null || state?.kind !== 'running') return undefined;
    const timer = setInterval(() => void read(), rereadMs);
    return () => clearInterval(timer);
  }, [id, state, read]);

  return {
    state,
    progress,
    async start(draft) {
      const started = await api.start(draft);
      current.current = started.id;
      setId(started.id);
      setUser(started.user);
      setProgress(null);
      setState({ kind: 'running' });
      await read();
    },
    async cancel() {
      if (id !== null) await api.cancel(id);
      await read();
    },
  };
}
