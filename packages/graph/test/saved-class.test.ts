import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { plainClassName, plainName, registerLayer } from '../src/index.js';

class Twice extends tf.layers.Layer {
  static className = 'ds>TwiceAgain';

  constructor(config: { name?: string } = {}) {
    super({ ...config });
    this.name = config.name ?? plainName(this);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0]!, 2);
  }

  override computeOutputShape(shape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return shape;
  }
}

beforeAll(() => tf.setBackend('cpu'));

it('layer names do not contain the package of the class', () => {
  // tfjs names a layer of this class, which has no package.
  class TwiceAgain extends Twice {
    static override className = 'TwiceAgain';
  }
  const number = (name: string) => Number(name.match(/\d+$/)![0]);
  const [a, b, old] = [new Twice(), new Twice(), new TwiceAgain()];
  expect(a.name).toMatch(/^twice_again_TwiceAgain\d+$/);
  expect(number(b.name)).toBe(number(a.name) + 1);
  expect(old.name.replace(/\d+$/, '')).toBe(a.name.replace(/\d+$/, ''));
  expect(new Twice({ name: 'mine' }).name).toBe('mine');
  expect(plainClassName(a)).toBe('TwiceAgain');
});

it('models load with the old and the new class name, and save the new one', async () => {
  registerLayer(Twice, 'Doubled');
  const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [1] }), new Twice()] });
  const json = model.toJSON(null, false) as object;
  expect(JSON.stringify(json)).toContain('"class_name":"ds>TwiceAgain"');
  const older = JSON.parse(JSON.stringify(json).replaceAll('ds>TwiceAgain', 'Doubled'));
  const config = (modelTopology: object) => tf.models.modelFromJSON({ modelTopology } as never);
  for (const topology of [json, older]) {
    const loaded = await config(topology);
    expect(loaded.layers.at(-1)).toBeInstanceOf(Twice);
    expect(JSON.stringify(loaded.toJSON(null, false))).toContain('"class_name":"ds>TwiceAgain"');
  }
});

it('refuses a class of another package', () => {
  class Other extends Twice {
    static override className = 'Other';
  }
  expect(() => registerLayer(Other, 'Old')).toThrow(
    'registerLayer: layerClass.className must begin with ds>, got "Other"',
  );
});
