import { engine } from '@tensorflow/tfjs-core';

/**
 * Tells the runs of a model in training apart, from the calls of one of its layers. A run has one
 * gradient tape. Without a tape, a model passes one object of arguments to all of its layers.
 */
export class ModelRun {
  private run: WeakRef<object> | null = null;
  private calls = 0;

  /**
   * Counts a call of the layer. Returns whether a run begins with it.
   *
   * @param kwargs the arguments object of the call.
   * @param most the largest number of calls in a run. Default ∞.
   */
  begins(kwargs: object, most = Number.POSITIVE_INFINITY): boolean {
    const { activeTape, gradientDepth } = engine().state;
    // tfjs keeps the last tape after its gradient.
    const run: object = gradientDepth > 0 ? activeTape! : kwargs;
    this.calls += 1;
    if (run === this.run?.deref() && this.calls <= most) return false;
    this.run = new WeakRef(run);
    this.calls = 1;
    return true;
  }
}
