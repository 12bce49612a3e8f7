import { HOST_BACKENDS } from '@ds/checks';
import { layersOf } from '@ds/graph';
import { getBackend } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** Whether a read on the current backend waits for everything that was queued before. */
export function readsStall(): boolean {
  return !HOST_BACKENDS.includes(getBackend());
}

/** Makes the layers use a copy that has been read. */
type ApplyCopy = () => void;

/** A layer that keeps copies of its weights on the host, as `DiffStride` does with its strides. */
interface MirroringLayer extends layers.Layer {
  readMirrors(model: LayersModel): Promise<ApplyCopy>;
  forgetMirrors(model: LayersModel): void;
}

/**
 * The host's copies of the weights that decide the sizes of a model's outputs. They are refreshed
 * while the device works: a step is built with the copies made `lag` steps before. With a lag of 0
 * it waits for the step before to end, and the sizes are those of a synchronous read. With a lag of
 * 1, step s is built with the weights that step s − 1 was built with, from before its update.
 *
 * Reading and applying are two steps. A copy counts from the moment that
 * {@link WeightMirrors.settle} takes it from the queue, even if it was there earlier. So the
 * numbers do not depend on the machine's speed.
 */
export class WeightMirrors {
  private readonly kinds: MirroringLayer[];
  private readonly pending: Promise<ApplyCopy[]>[] = [];

  constructor(
    private readonly model: LayersModel,
    private readonly lag: 0 | 1,
  ) {
    const mirroring = layersOf(model)
      .map(({ layer }) => layer)
      .filter(
        (layer): layer is MirroringLayer =>
          typeof (layer as Partial<MirroringLayer>).readMirrors === 'function',
      );
    // One of each kind speaks for all of them.
    this.kinds = [...new Map(mirroring.map((layer) => [layer.constructor, layer])).values()];
  }

  /** Starts a copy of the weights as they will be once what is queued is done. */
  refresh(): void {
    if (this.kinds.length === 0) return;
    const copy = Promise.all(this.kinds.map((layer) => layer.readMirrors(this.model)));
    // `settle` reports a failure. Until then it must not count as unhandled.
    copy.catch(() => {});
    this.pending.push(copy);
  }

  /**
   * Waits until no more than `lag` copies are under way, and applies the finished ones in order.
   */
  async settle(lag: number = this.lag): Promise<void> {
    while (this.pending.length > lag) {
      for (const apply of await this.pending.shift()!) apply();
    }
  }

  /** Lets the layers read for themselves again. */
  forget(): void {
    for (const layer of this.kinds) layer.forgetMirrors(this.model);
  }
}
