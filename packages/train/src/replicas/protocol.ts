/** The start data of a replica's thread. */
export interface ReplicaStart {
  rank: number;
  size: number;
  control: SharedArrayBuffer;
  input: unknown;
}

/** A message of a replica to its supervisor. */
export type ReplicaMessage =
  | { type: 'open'; length: number }
  | { type: 'message'; message: unknown }
  | { type: 'result'; result: unknown }
  | ReplicaFailure;

/** The error that ended a replica. `name` is its name: a structured clone would lose it. */
export interface ReplicaFailure {
  type: 'error';
  error: unknown;
  name?: string;
  /** Whether the loss of another replica caused it. */
  isConsequence: boolean;
}

/** A message of the supervisor to a replica. */
export type SupervisorMessage = { type: 'opened'; memory: SharedArrayBuffer } | { type: 'stop' };
