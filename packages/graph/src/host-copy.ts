import { refuse, requireFunction, requireList, requireObject } from '@ds/checks';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The values of a weight on the host. */
export interface HostValues {
  values: number[];
  /** Whether they are the weight's current values. */
  isExact: boolean;
}

/**
 * The host's copy of a weight, for a layer whose output size depends on the weight's values. The
 * layer exposes it as `hostCopy`; see `PoolingLayer`.
 *
 * By default it reads the weight once after each change. {@link HostCopy.hold} sets fixed values.
 * Reads then return these values, even if the weight has changed, and do not wait for the device.
 *
 * @throws ConfigError if `weight` is not a function.
 */
export class HostCopy {
  private known: { values: number[]; dataId: object } | null = null;
  /** Whether the hold continues, or `null` without a hold. */
  private isHeld: (() => boolean) | null = null;

  /** @param weight returns the weight's tensor, or `null` until the layer is built. */
  constructor(readonly weight: () => Tensor | null) {
    requireFunction('HostCopy', 'weight', weight);
  }

  /**
   * Holds these values until `release` or the next `hold`. `dataId` is the weight's data at which
   * the values were read.
   *
   * @param isHeld whether the hold continues. The copy asks it before each read, and releases
   *   itself if it returns false. By default the hold continues.
   * @throws ConfigError if `values` is not a list, `dataId` is not an object, or `isHeld` is not a
   *   function.
   */
  hold(values: number[], dataId: object, isHeld: () => boolean = () => true): void {
    requireList('HostCopy.hold', 'values', values);
    requireObject('HostCopy.hold', 'dataId', dataId);
    requireFunction('HostCopy.hold', 'isHeld', isHeld);
    this.known = { values: [...values], dataId };
    this.isHeld = isHeld;
  }

  /** Ends a `hold`. */
  release(): void {
    this.isHeld = null;
  }

  /**
   * Returns the values that determine the output size: the held ones, or else the current ones.
   *
   * @throws ConfigError if the weight is `null`.
   */
  read(): HostValues {
    const weight = this.built('HostCopy.read');
    const isExact = this.known?.dataId === weight.dataId;
    if (this.isHeld?.() === false) this.release();
    if (!isExact && !this.isHeld) {
      this.known = { values: [...weight.dataSync()], dataId: weight.dataId };
      return { values: [...this.known.values], isExact: true };
    }
    return { values: [...this.known!.values], isExact };
  }

  /**
   * Returns the current values. It reads them if the copy is stale, and does not update the copy.
   *
   * @throws ConfigError if the weight is `null`.
   */
  present(): number[] {
    const weight = this.built('HostCopy.present');
    return this.known?.dataId === weight.dataId ? [...this.known.values] : [...weight.dataSync()];
  }

  private built(fn: string): Tensor {
    return this.weight() ?? refuse(fn, 'weight', 'be that of a built layer', null);
  }
}
