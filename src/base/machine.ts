/**
 * The one shape of every actor and protocol in Beckon: a pure function from state and input to state and
 * effects. It never awaits and never reads a clock, a random number or a socket. What it wants done is an
 * effect, as data.
 */

/**
 * What one step hands back. The caller gives up the old state, so `state` may be the same object, changed in
 * place.
 */
export interface Step<State, Effect> {
  state: State;
  effects: Effect[];
}

/**
 * A machine: `initial` makes the first state of a key, `step` moves it. `Documents` are immutable
 * cluster-wide values of the versions that the input names.
 */
export interface Machine<State, Input, Effect, Documents = undefined> {
  initial(key: string): State;
  step(state: State, input: Input, nowMs: number, documents: Documents): Step<State, Effect>;
}
