import { HOST_BACKENDS } from '@ds/checks';
import { layersWith, readHostCopies, releaseHostCopies } from '@ds/graph';
import { getBackend } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Whether a read on the current backend waits for everything that was queued before. */
export function readsStall(): boolean {
  return !HOST_BACKENDS.includes(getBackend());
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
  private readonly hasCopies: boolean;
  private readonly pending: Promise<() => void>[] = [];

  constructor(
    private readonly model: LayersModel,
    private readonly lag: 0 | 1,
  ) {
    this.hasCopies = layersWith(model, 'hostCopy').length > 0;
  }

  /** Starts a copy of the weights after all queued work. */
  refresh(): void {
    if (!this.hasCopies) return;
    const copy = readHostCopies(this.model);
    // `settle` reports a failure. Until then it must not count as unhandled.
    copy.catch(() => {});
    this.pending.push(copy);
  }

  /**
   * Waits until no more than `lag` copies are under way, and applies the finished ones in order.
   */
  async settle(lag: number = this.lag): Promise<void> {
    while (this.pending.length > lag) {
      const hold = await this.pending.shift()!;
      hold();
    }
  }

  /** Makes the layers read their weights themselves again. */
  forget(): void {
    releaseHostCopies(this.model);
  }
}
