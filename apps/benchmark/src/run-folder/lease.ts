/** When something was asked, by both clocks: one stands still while a machine sleeps, one can be set. */
export interface Moment {
  /** Nanoseconds of the clock that only goes forward. */
  monotonic: bigint;
  /** Milliseconds of the wall clock. */
  wall: bigint;
}

/** The moment it is. */
export function moment(): Moment {
  return { monotonic: process.hrtime.bigint(), wall: BigInt(Date.now()) };
}

/**
 * How long the lock of a run is certainly held, in memory that threads share. All code that writes for the
 * run asks it before every write. So a process that stood still learns that its time is over before
 * it writes, and not when it next hears from the queue.
 */
export class Lease {
  private readonly deadlines: BigInt64Array;

  /** A lease that has run out, or the one that shares this memory. */
  constructor(readonly memory = new SharedArrayBuffer(16)) {
    this.deadlines = new BigInt64Array(memory);
  }

  /** It is held for so many seconds from the moment at which the lock was asked for. */
  extend(asked: Moment, seconds: number): void {
    const milliseconds = BigInt(Math.floor(1000 * seconds));
    this.store(asked.monotonic + milliseconds * 1_000_000n, asked.wall + milliseconds);
  }

  /** It is held no longer. */
  revoke(): void {
    this.store(0n, 0n);
  }

  isHeld(): boolean {
    const { monotonic, wall } = moment();
    return monotonic < Atomics.load(this.deadlines, 0) && wall < Atomics.load(this.deadlines, 1);
  }

  /** @throws Error if it has run out. */
  requireHeld(): void {
    if (this.isHeld()) return;
    throw new Error(
      'the run’s lock was lost, since this worker gave no sign of life for --stalled-after: ' +
        'another worker may have the run now, and this one writes nothing more to its folder',
    );
  }

  private store(monotonic: bigint, wall: bigint): void {
    Atomics.store(this.deadlines, 0, monotonic);
    Atomics.store(this.deadlines, 1, wall);
  }
}
