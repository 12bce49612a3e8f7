/** Memory that is used again and again: in a browser, fresh memory can cost more than the work on it. */
export class Scratch {
  #memory = new Float32Array(0);
  #used = 0;
  #wanted = 0;

  /** So many numbers, whatever they are, until all is given back. */
  take(size: number): Float32Array {
    this.#wanted += size;
    if (this.#used + size > this.#memory.length) return new Float32Array(size);
    this.#used += size;
    return this.#memory.subarray(this.#used - size, this.#used);
  }

  /** Everything that was taken is free again, and there is as much as was wanted. */
  clear(): void {
    if (this.#wanted > this.#memory.length) this.#memory = new Float32Array(this.#wanted);
    this.#used = 0;
    this.#wanted = 0;
  }
}
