/** Measures the time of consecutive parts of a run. */
export class Stopwatch {
  private since = performance.now();

  /** Seconds since the last lap or restart. The next lap begins now. */
  lap(): number {
    const now = performance.now();
    const seconds = (now - this.since) / 1000;
    this.since = now;
    return seconds;
  }

  /** Begins a lap now. The time before it counts for no part. */
  restart(): void {
    this.since = performance.now();
  }
}
