import type { Picture } from '../workers/image-bytes.js';
import type { PageBackend } from '../workers/page-backends.js';
import { joined } from '../workers/picture-shares.js';
import type { PooledPart, PoolSettings } from '../workers/pool-api.js';
import { type BackendNote, WorkerLink } from './worker-link.js';

/** What DiffStride makes of the picture. */
export interface Pooled extends Omit<PooledPart, 'picture'> {
  picture: Picture;
  /** From the asking to the bytes. */
  milliseconds: number;
  /** Workers that made it. */
  workers: number;
}

/**
 * The worker that pools the picture and, on wasm where there is more than one processor, a second one that makes half of the rows. The
 * second is begun when there is something to see, and does not hold up the first; without it the first makes them all.
 */
export class PoolCrew {
  readonly lead = new WorkerLink();
  readonly #helper = new WorkerLink();
  #wantsHelper = false;
  #picture: Picture | null = null;
  /** The picture that the helper is ready to pool. */
  #helperPicture: Picture | null = null;

  async start(backend: PageBackend): Promise<BackendNote> {
    this.#dismissHelper();
    const note = await this.lead.call((apis) => apis.pool.start(backend));
    this.#wantsHelper = backend === 'wasm' && navigator.hardwareConcurrency > 1;
    return note;
  }

  /** Takes a picture; returns its log-spectrum. */
  async setPicture(picture: Picture): Promise<Picture> {
    this.#picture = picture;
    const hasHelper = this.#helperPicture !== null;
    this.#helperPicture = null;
    const spectrum = this.lead.call((apis) => apis.pool.setPicture(picture));
    if (hasHelper) void this.#giveHelper(picture);
    return spectrum;
  }

  async pool(settings: PoolSettings): Promise<Pooled> {
    const start = performance.now();
    const shares = await this.#shares(settings);
    const picture = joined(shares.map((share) => share.picture) as Parameters<typeof joined>[0]);
    const milliseconds = performance.now() - start;
    if (this.#wantsHelper) {
      this.#wantsHelper = false;
      void this.#beginHelper();
    }
    return { ...shares[0], picture, milliseconds, workers: shares.length };
  }

  /** Ends both, whatever they are doing. */
  end(): void {
    this.#dismissHelper();
    this.lead.end();
  }

  async #shares(settings: PoolSettings): Promise<[PooledPart, ...PooledPart[]]> {
    const whole = () => this.lead.call((apis) => apis.pool.pool(settings));
    if (!this.#helperPicture) return [await whole()];
    const both = [this.lead, this.#helper].map((link, index) =>
      link.call((apis) => apis.pool.pool(settings, { index, of: 2 })),
    ) as [Promise<PooledPart>, Promise<PooledPart>];
    const [mine, helped] = await Promise.allSettled(both);
    if (mine.status === 'rejected') throw mine.reason;
    if (helped.status === 'fulfilled') return [mine.value, helped.value];
    this.#dismissHelper();
    return [await whole()];
  }

  async #beginHelper(): Promise<void> {
    try {
      await this.#helper.call((apis) => apis.pool.start('wasm'));
    } catch {
      // There is no memory for two, say: one is enough.
      this.#dismissHelper();
      return;
    }
    if (this.#picture) await this.#giveHelper(this.#picture);
  }

  async #giveHelper(picture: Picture): Promise<void> {
    try {
      await this.#helper.call((apis) => apis.pool.setPicture(picture));
      if (this.#picture === picture) this.#helperPicture = picture;
      else if (this.#picture) await this.#giveHelper(this.#picture);
    } catch {
      this.#dismissHelper();
    }
  }

  #dismissHelper(): void {
    this.#helperPicture = null;
    this.#wantsHelper = false;
    this.#helper.end();
  }
}
