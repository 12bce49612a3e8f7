/** What a replica's thread is started with. */
export interface ReplicaStart {
  rank: number;
  size: number;
  control: SharedArrayBuffer;
  input: unknown;
}

/** What a replica tells its supervisor. */
export type ReplicaMessage =
  | { type: 'open'; length: number }
  | { type: 'message'; message: unknown }
  | { type: 'result'; result: unknown }
  /** `name` is that of the error, which its clone would lose. */
  | { type: 'error'; error: unknown; name?: string; isConsequence: boolean };

/** What the supervisor tells a replica. */
export type SupervisorMessage = { type: 'opened'; memory: SharedArrayBuffer } | { type: 'stop' };
