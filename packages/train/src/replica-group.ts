import {
  ConfigError,
  refuse,
  requireArray,
  requireFunction,
  requireInteger,
  requireSize,
  StateError,
} from '@ds/checks';

/** Places in the control block, which every replica and the supervisor share. */
const ARRIVED = 0;
const GENERATION = 1;
const FAILED = 2;
const ENDED = 3;
/** From here on: the length of each replica's array in the sum in progress. */
const LENGTHS = 4;

/** Bytes of the control block of `size` replicas. */
export function controlBytes(size: number): number {
  return 4 * (LENGTHS + size);
}

/** Wakes the replicas that wait in a sum. They fail there, since one died or threw. */
export function failGroup(control: SharedArrayBuffer): void {
  mark(new Int32Array(control), FAILED);
}

/**
 * Tells the other replicas that this one has ended without an error. Sums that wait for it fail.
 */
export function endReplica(control: SharedArrayBuffer): void {
  mark(new Int32Array(control), ENDED);
}

function mark(control: Int32Array, place: number): void {
  Atomics.store(control, place, 1);
  Atomics.notify(control, GENERATION);
}

/** The error of a replica that waited for another one that is gone. It is never the first error. */
export class ReplicaLost extends Error {}

/** A part of a replica's array in a sum: numbers, or a function that writes them in place. */
export type SumPart =
  | ArrayLike<number>
  | { length: number; writeInto(target: Float32Array<ArrayBufferLike>): void };

/** Gives the memory of a group. The supervisor gives all replicas the same memory. */
export type OpenGroup = (length: number) => Promise<SharedArrayBuffer>;

/**
 * One of several replicas that train the same model on shards of each batch (synchronous data
 * parallelism). They meet in {@link sum}. Every replica passes an array, and gets the sum over all
 * replicas. The sum is added in the order of ranks, so it is the same to the last bit for each.
 *
 * The arrays lie in one `SharedArrayBuffer` of `(size + 1) · length` float32: a slot for each
 * replica, and one for the sum. Each replica adds up an equal part, so it makes
 * `length · (size + 1) / size` additions. A replica blocks its thread while it waits, so it belongs
 * in a worker.
 */
export class ReplicaGroup {
  #slots: Float32Array<ArrayBufferLike>[] = [];
  #total: Float32Array<ArrayBufferLike> = new Float32Array(0);
  readonly #control: Int32Array;

  /**
   * @param rank which one this is, 0 … size − 1
   * @param size how many there are
   * @param control shared by all, of {@link controlBytes}
   */
  constructor(
    readonly rank: number,
    readonly size: number,
    control: SharedArrayBuffer,
    private readonly memory: OpenGroup,
  ) {
    requireSize('ReplicaGroup', 'size', size);
    requireInteger('ReplicaGroup', 'rank', rank, 0, size - 1);
    if (!(control instanceof SharedArrayBuffer)) {
      refuse('ReplicaGroup', 'control', 'be a SharedArrayBuffer', control);
    }
    requireFunction('ReplicaGroup', 'memory', memory);
    this.#control = new Int32Array(control);
  }

  /** Makes room for sums of up to `length` numbers; all replicas must ask for the same. */
  async open(length: number): Promise<void> {
    requireInteger('ReplicaGroup.open', 'length', length, 0, 2 ** 30);
    const shared = await this.memory(length);
    const slot = (index: number) => new Float32Array(shared, 4 * index * length, length);
    this.#slots = Array.from({ length: this.size }, (_, index) => slot(index));
    this.#total = slot(this.size);
  }

  /** The most numbers in a sum; 0 before {@link open}. */
  get length(): number {
    return this.#total.length;
  }

  /**
   * The sum over all replicas of their parts, laid end to end. The result is valid until the next
   * call. All replicas share its memory, so copy it before you change it.
   *
   * @throws ConfigError if the lengths of the replicas differ, or exceed the opened length;
   *   StateError before {@link open}; ReplicaLost if another replica has ended or failed.
   */
  sum(parts: SumPart[]): Float32Array {
    requireArray('ReplicaGroup.sum', 'parts', parts);
    for (const [i, part] of parts.entries()) {
      requireInteger('ReplicaGroup.sum', `parts[${i}].length`, part?.length, 0);
    }
    const length = parts.reduce((total, part) => total + part.length, 0);
    const slot = this.#slots[this.rank];
    if (!slot) throw new StateError('ReplicaGroup: open must come before sum, and has not');
    if (length > slot.length) {
      throw new ConfigError(
        `ReplicaGroup: a sum must have at most ${slot.length} numbers, got ${length}: open more`,
      );
    }
    let at = 0;
    for (const part of parts) {
      if ('writeInto' in part) part.writeInto(slot.subarray(at, at + part.length));
      else slot.set(part, at);
      at += part.length;
    }
    Atomics.store(this.#control, LENGTHS + this.rank, length);
    this.#meet();
    const lengths = this.#control.subarray(LENGTHS, LENGTHS + this.size);
    if (lengths.some((other) => other !== length)) {
      throw new ConfigError(
        `ReplicaGroup: replicas must pass arrays of the same length to a sum, got ${lengths}: ` +
          'give each the same model and as many batches',
      );
    }
    const share = Math.ceil(length / this.size);
    this.#add(this.rank * share, Math.min(length, (this.rank + 1) * share));
    this.#meet();
    return this.#total.subarray(0, length);
  }

  /**
   * Returns the arrays of all replicas, in the order of ranks. They must have the same length.
   *
   * @throws as {@link sum} does.
   */
  gather(own: Float32Array): Float32Array[] {
    requireArray('ReplicaGroup.gather', 'own', own);
    const { length } = own;
    // Each replica writes its own place and 0 elsewhere, so the sum is a concatenation.
    const places = new Float32Array(this.size * length);
    places.set(own, this.rank * length);
    const all = this.sum([places]);
    return Array.from({ length: this.size }, (_, rank) =>
      all.slice(rank * length, (rank + 1) * length),
    );
  }

  /** Adds the slots up from `start` to `end`, in the order of ranks. */
  #add(start: number, end: number): void {
    if (start >= end) return;
    const total = this.#total.subarray(start, end);
    total.set(this.#slots[0]!.subarray(start, end));
    for (const slot of this.#slots.slice(1)) {
      for (let i = start; i < end; i++) total[i - start]! += slot[i]!;
    }
  }

  /** Waits until every replica is here. */
  #meet(): void {
    const control = this.#control;
    const generation = Atomics.load(control, GENERATION);
    if (Atomics.add(control, ARRIVED, 1) === this.size - 1) {
      Atomics.store(control, ARRIVED, 0);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
      return;
    }
    while (Atomics.load(control, GENERATION) === generation) {
      if (Atomics.load(control, FAILED) || Atomics.load(control, ENDED)) {
        // Another replica may have come and ended since the generation was read.
        if (Atomics.load(control, GENERATION) !== generation) return;
        const end = Atomics.load(control, FAILED) ? 'failed' : 'had ended';
        throw new ReplicaLost(`replica ${this.rank}: waited for another replica that ${end}`);
      }
      // The last replica to arrive, or the supervisor, wakes this one. A mark that is set between
      // the check and the wait does not change the generation, so the wait has an end.
      Atomics.wait(control, GENERATION, generation, 100);
    }
  }
}
