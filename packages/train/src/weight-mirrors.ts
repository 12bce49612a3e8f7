import { getBackend } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** Backends whose tensors lie in the host's memory: reading one waits for nothing. */
const HOST_BACKENDS = ['cpu', 'wasm', 'tensorflow'];

/** Whether reading a tensor on the current backend means waiting for everything that was queued before. */
export function readsStall(): boolean {
  return !HOST_BACKENDS.includes(getBackend());
}

/** A layer whose kind keeps copies of weights on the host, as `DiffStride` of `@ds/layers` does of its strides. */
interface MirroringLayer extends layers.Layer {
  refreshMirrors(model: LayersModel): Promise<void>;
  forgetMirrors(model: LayersModel): void;
}

/**
 * The copies that a model's layers keep of weights which decide the sizes of their outputs, refreshed while the device goes on: a step is
 * built with the copies made `lag` steps before. With a lag of 0 it waits for the step before to end, and sizes are those that
 * reading synchronously would give; with 1 it only waits for the one before that, whatever the machine's speed.
 */
export class WeightMirrors {
  private readonly kinds: MirroringLayer[];
  private readonly pending: Promise<void>[] = [];

  constructor(
    private readonly model: LayersModel,
    private readonly lag: 0 | 1,
  ) {
    const mirroring = model.layers.filter(
      (layer): layer is MirroringLayer =>
        typeof (layer as Partial<MirroringLayer>).refreshMirrors === 'function',
    );
    // One of each kind speaks for all of them.
    this.kinds = [...new Map(mirroring.map((layer) => [layer.constructor, layer])).values()];
  }

  /** Starts a copy of the weights as they will be once what is queued is done. */
  refresh(): void {
    if (this.kinds.length === 0) return;
    const copy = Promise.all(this.kinds.map((layer) => layer.refreshMirrors(this.model)));
    this.pending.push(copy.then(() => {}));
  }

  /** Waits until no more than `lag` copies are under way. */
  async settle(lag: number = this.lag): Promise<void> {
    while (this.pending.length > lag) await this.pending.shift();
  }

  /** Lets the layers read for themselves again. */
  forget(): void {
    for (const layer of this.kinds) layer.forgetMirrors(this.model);
  }
}
