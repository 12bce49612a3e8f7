/**
 * Memory that calls share. The operating system clears new memory, and for some megabytes this
 * often costs more than the arithmetic.
 */
export class ScratchMemory {
  #memory = new Float32Array(0);
  #used = 0;
  #wanted = 0;

  /** Returns `size` numbers with arbitrary values. They stay valid until the next `clear`. */
  take(size: number): Float32Array {
    this.#wanted += size;
    if (this.#used + size > this.#memory.length) return new Float32Array(size);
    this.#used += size;
    return this.#memory.subarray(this.#used - size, this.#used);
  }

  /** Reclaims all memory, and grows to the size that was requested since the last `clear`. */
  clear(): void {
    if (this.#wanted > this.#memory.length) this.#memory = new Float32Array(this.#wanted);
    this.#used = 0;
    this.#wanted = 0;
  }
}

/** Returns memory for `size` numbers. */
export type Take = (size: number) => Float32Array;
