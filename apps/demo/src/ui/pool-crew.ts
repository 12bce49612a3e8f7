import type { RowShare } from '@ds/layers/prepared';
import { transfer } from 'comlink';
import type { Alternative } from '../workers/compare-api.js';
import type { Picture } from '../workers/image-bytes.js';
import type { PageBackend } from '../workers/page-backends.js';
import { joined, pixels } from '../workers/picture-shares.js';
import type { PooledPart, PoolSettings } from '../workers/pool-api.js';
import { type BackendNote, WorkerLink } from './worker-link.js';

/** The picture pooled by DiffStride. */
export interface Pooled extends Omit<PooledPart, 'picture'> {
  picture: Picture;
  /** Milliseconds from the call to the bytes. */
  milliseconds: number;
  /** The number of workers that computed it. */
  workers: number;
}

/**
 * The workers of the pooling panel. The lead pools the picture. The comparer runs the other
 * poolings. On wasm with more than one processor, a helper computes half of the rows. It starts
 * after the first pooled picture. Until it is ready, the lead computes all rows.
 */
export class PoolCrew {
  readonly lead = new WorkerLink(async ({ pool }) => {
    const picture = this.#picture;
    await pool.start(this.#backend);
    // A worker before it may have crashed.
    if (picture) await pool.setPicture(picture);
  });
  readonly #helper = new WorkerLink();
  readonly #comparer = new WorkerLink();
  #compared: { picture: Picture; taken: Promise<void> } | null = null;
  #wantsHelper = false;
  #backend: PageBackend = 'wasm';
  #picture: Picture | null = null;
  /** The picture already sent to the helper. */
  #helperPicture: Picture | null = null;
  /** The memory of the last shares, returned to the workers with the next move. */
  #rooms: (ArrayBuffer | undefined)[] = [];
  /** The memory of the joined picture. */
  #shown = pixels(0);

  async start(backend: PageBackend): Promise<BackendNote> {
    this.#dismissHelper();
    this.#backend = backend;
    this.#picture = null;
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
    const picture = joined(
      shares.map((share) => share.picture),
      this.#shown,
    );
    this.#shown = picture.data;
    this.#rooms = shares.map((share) => share.picture.data.buffer);
    const milliseconds = performance.now() - start;
    if (this.#wantsHelper) {
      this.#wantsHelper = false;
      void this.#beginHelper();
    }
    return { ...shares[0], picture, milliseconds, workers: shares.length };
  }

  /** Pools the picture with another pooling, in a separate worker. */
  async alternative(name: string, size: [number, number], seed: number): Promise<Alternative> {
    const picture = this.#picture;
    if (picture && this.#compared?.picture !== picture) {
      const taken = this.#comparer.call((apis) => apis.compare.setPicture(picture));
      this.#compared = { picture, taken };
    }
    try {
      await this.#compared?.taken;
      return await this.#comparer.call((apis) => apis.compare.alternative(name, size, seed));
    } catch (reason) {
      this.#compared = null;
      throw reason;
    }
  }

  /** Ends all workers at once. */
  end(): void {
    this.#dismissHelper();
    this.#compared = null;
    this.#comparer.end();
    this.lead.end();
  }

  async #shares(settings: PoolSettings): Promise<[PooledPart, ...PooledPart[]]> {
    const ask = (link: WorkerLink, share: RowShare) => {
      const room = this.#rooms[share.index];
      this.#rooms[share.index] = undefined;
      return link.call((apis) => apis.pool.pool(settings, share, room && transfer(room, [room])));
    };
    const whole = () => ask(this.lead, { index: 0, of: 1 });
    if (!this.#helperPicture) return [await whole()];
    const both = [this.lead, this.#helper].map((link, index) => ask(link, { index, of: 2 })) as [
      Promise<PooledPart>,
      Promise<PooledPart>,
    ];
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
      // One worker is enough, for example if there is too little memory for two.
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
