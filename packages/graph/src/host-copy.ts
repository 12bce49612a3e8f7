import { refuse, requireFunction, requireList, requireModel, requireObject } from '@ds/checks';
import { concat, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layersWith } from './layers-with.js';

/** Values of a weight on the host. */
export interface HostValues {
  values: number[];
  /** Whether they are the weight's present values. */
  isExact: boolean;
}

/**
 * The host's copy of a weight, for a layer whose output size depends on the weight's values. A layer
 * shows it as `hostCopy`, see `PoolingLayer`.
 *
 * By itself it reads the weight once after each change of the weight. While it is held, it gives the
 * values that {@link HostCopy.hold} got, although the weight may have changed since. So a read does
 * not wait for the device in every step.
 *
 * @throws ConfigError if `weight` is not a function.
 */
export class HostCopy {
  private known: { values: number[]; dataId: object } | null = null;
  private isHeld = false;

  /** @param weight gives the weight's tensor, or `null` until the layer is built. */
  constructor(readonly weight: () => Tensor | null) {
    requireFunction('HostCopy', 'weight', weight);
  }

  /**
   * Gives these values until the next call. `dataId` is that of the weight when it had them.
   *
   * @throws ConfigError if `values` is not a list, or `dataId` is not an object.
   */
  hold(values: number[], dataId: object): void {
    requireList('HostCopy.hold', 'values', values);
    requireObject('HostCopy.hold', 'dataId', dataId);
    this.known = { values: [...values], dataId };
    this.isHeld = true;
  }

  /** Ends what `hold` began. */
  release(): void {
    this.isHeld = false;
  }

  /**
   * The values that decide the size: those held, or the present ones.
   *
   * @throws ConfigError if the weight is `null`.
   */
  read(): HostValues {
    const weight = this.built('HostCopy.read');
    const isExact = this.known?.dataId === weight.dataId;
    if (!isExact && !this.isHeld) {
      this.known = { values: [...weight.dataSync()], dataId: weight.dataId };
      return { values: [...this.known.values], isExact: true };
    }
    return { values: [...this.known!.values], isExact };
  }

  /**
   * The present values. It reads them if no copy has them, and keeps no copy.
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

/**
 * Reads all weights of a model that have a `HostCopy`, in one asynchronous read, as they will be
 * after the queued work. It resolves to a function that holds the values. Nothing changes before
 * that call.
 *
 * @throws ConfigError if model is not a model of tf.layers.
 */
export async function readHostCopies(model: LayersModel): Promise<() => void> {
  requireModel('readHostCopies', 'model', model);
  const copies = layersWith(model, 'hostCopy').flatMap(({ layer: { hostCopy } }) => {
    const weight = hostCopy.weight();
    return weight ? [{ hostCopy, weight, size: weight.size, dataId: weight.dataId }] : [];
  });
  if (copies.length === 0) return () => {};
  const all = tidy(() => concat(copies.map(({ weight }) => weight)));
  try {
    const values = await all.data();
    return () => {
      let at = 0;
      for (const { hostCopy, size, dataId } of copies) {
        hostCopy.hold([...values.slice(at, at + size)], dataId);
        at += size;
      }
    };
  } finally {
    all.dispose();
  }
}

/**
 * Releases every `HostCopy` of a model: its layers read their weights again once these have changed.
 *
 * @throws ConfigError if model is not a model of tf.layers.
 */
export function releaseHostCopies(model: LayersModel): void {
  requireModel('releaseHostCopies', 'model', model);
  for (const { layer } of layersWith(model, 'hostCopy')) layer.hostCopy.release();
}
