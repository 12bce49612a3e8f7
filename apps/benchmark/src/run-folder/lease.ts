/**
 * A time by two clocks. The monotonic clock may stop while the machine sleeps; the wall clock can
 * be set.
 */
export interface Moment {
  /** Nanoseconds of the monotonic clock. */
  monotonic: bigint;
  /** Milliseconds of the wall clock. */
  wall: bigint;
}

/** The current time by both clocks. */
export function moment(): Moment {
  return { monotonic: process.hrtime.bigint(), wall: BigInt(Date.now()) };
}

/**
 * The time until which the lock of a run is certainly held, in memory that threads share. Code that
 * writes for the run checks the lease before every write. A process that was suspended thus detects
 * an expired lock before it writes, not only at its next message from the queue.
 */
export class Lease {
  private readonly deadlines: BigInt64Array;

  /** Without an argument, the lease is expired. Leases with the same memory share their state. */
  constructor(readonly memory = new SharedArrayBuffer(16)) {
    this.deadlines = new BigInt64Array(memory);
  }

  /** Extends the lease to `seconds` after the lock was requested. */
  extend(asked: Moment, seconds: number): void {
    const milliseconds = BigInt(Math.floor(1000 * seconds));
    this.store(asked.monotonic + milliseconds * 1_000_000n, asked.wall + milliseconds);
  }

  /** Ends the lease now. */
  revoke(): void {
    this.store(0n, 0n);
  }

  isHeld(): boolean {
    const { monotonic, wall } = moment();
    return monotonic < Atomics.load(this.deadlines, 0) && wall < Atomics.load(this.deadlines, 1);
  }

  /** @throws Error if the lease has expired. */
  requireHeld(): void {
    if (this.isHeld()) return;
    throw new Error(
      'the run’s lock was lost, since this worker gave no sign of life for --stalled-after: ' +
        'another worker may execute the run now, so this worker stops writing to its folder',
    );
  }

  private store(monotonic: bigint, wall: bigint): void {
    Atomics.store(this.deadlines, 0, monotonic);
    Atomics.store(this.deadlines, 1, wall);
  }
}
