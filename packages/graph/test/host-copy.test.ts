import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { HostCopy, readHostCopies, releaseHostCopies } from '../src/index.js';

/** A layer with one weight and a host copy of it. */
class Sized extends tf.layers.Layer {
  static className = 'Sized';
  readonly hostCopy = new HostCopy(() => this.weight);
  weight: tf.Variable | null = null;

  override build(shape: tf.Shape | tf.Shape[]): void {
    this.weight = this.addWeight('size', [2], 'float32', tf.initializers.ones()).read() as never;
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0]!, this.hostCopy.read().values[0]!);
  }

  override computeOutputShape(shape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return shape;
  }
}

const set = (layer: Sized, values: number[]) =>
  tf.tidy(() => layer.weight!.assign(tf.tensor1d(values)));

/** A model with two such layers. One of them is nested. */
function network() {
  const [a, b] = [new Sized({ inputShape: [1] }), new Sized({ inputShape: [1] })];
  const trunk = tf.sequential({ layers: [a] });
  return { a, b, model: tf.sequential({ layers: [trunk, b] }) };
}

describe('HostCopy', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('reads once after each change', () => {
    const { a } = network();
    let reads = 0;
    const { dataSync } = a.weight!;
    a.weight!.dataSync = ((...args: []) => {
      reads += 1;
      return dataSync.apply(a.weight!, args);
    }) as typeof dataSync;
    expect(a.hostCopy.read()).toEqual({ values: [1, 1], isExact: true });
    expect(a.hostCopy.read()).toEqual({ values: [1, 1], isExact: true });
    expect(a.hostCopy.present()).toEqual([1, 1]);
    expect(reads).toBe(1);
    set(a, [2, 3]);
    expect(a.hostCopy.read()).toEqual({ values: [2, 3], isExact: true });
    expect(reads).toBe(2);
  });

  it('returns the held values until release, and whether they are exact', () => {
    const { a } = network();
    a.hostCopy.hold([1, 1], a.weight!.dataId);
    expect(a.hostCopy.read().isExact).toBe(true);
    set(a, [2, 3]);
    expect(a.hostCopy.read()).toEqual({ values: [1, 1], isExact: false });
    expect(a.hostCopy.present()).toEqual([2, 3]);
    expect(a.hostCopy.read().values).toEqual([1, 1]);
    a.hostCopy.release();
    expect(a.hostCopy.read()).toEqual({ values: [2, 3], isExact: true });
  });

  it('releases itself for good when its hold ends', () => {
    const { a } = network();
    let goesOn = true;
    a.hostCopy.hold([1, 1], a.weight!.dataId, () => goesOn);
    set(a, [2, 3]);
    expect(a.hostCopy.read()).toEqual({ values: [1, 1], isExact: false });
    goesOn = false;
    expect(a.hostCopy.read()).toEqual({ values: [2, 3], isExact: true });
    goesOn = true;
    set(a, [4, 5]);
    expect(a.hostCopy.read()).toEqual({ values: [4, 5], isExact: true });
  });

  it('returns copies, which a caller may change', () => {
    const { a } = network();
    a.hostCopy.read().values[0] = 9;
    expect(a.hostCopy.read().values).toEqual([1, 1]);
  });

  it('refuses a layer that is not built, and wrong arguments', () => {
    const copy = new Sized({}).hostCopy;
    expect(() => copy.read()).toThrow('HostCopy.read: weight must be that of a built layer');
    expect(() => copy.present()).toThrow('HostCopy.present: weight must be that of a built layer');
    expect(() => copy.hold(3 as never, {})).toThrow('HostCopy.hold: values must be an array');
    expect(() => copy.hold([1], null as never)).toThrow('HostCopy.hold: dataId must be an object');
    expect(() => copy.hold([1], {}, true as never)).toThrow(
      'HostCopy.hold: isHeld must be a function',
    );
  });
});

describe('readHostCopies', () => {
  it('reads all copies at once, holds them on request, and leaks no tensor', async () => {
    const { a, b, model } = network();
    set(a, [2, 3]);
    set(b, [4, 5]);
    const before = tf.memory().numTensors;
    const hold = await readHostCopies(model);
    expect(tf.memory().numTensors).toBe(before);
    set(a, [7, 7]);
    expect(a.hostCopy.read().values).toEqual([7, 7]);
    hold();
    expect(a.hostCopy.read()).toEqual({ values: [2, 3], isExact: false });
    expect(b.hostCopy.read()).toEqual({ values: [4, 5], isExact: true });
    releaseHostCopies(model);
    expect(a.hostCopy.read()).toEqual({ values: [7, 7], isExact: true });
  });

  it('does nothing for a model without copies', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    const kernel = model.getWeights()[0]!.dataSync();
    const before = tf.memory().numTensors;
    const hold = await readHostCopies(model);
    hold();
    releaseHostCopies(model);
    expect(tf.memory().numTensors).toBe(before);
    expect(model.getWeights()[0]!.dataSync()).toEqual(kernel);
  });
});
