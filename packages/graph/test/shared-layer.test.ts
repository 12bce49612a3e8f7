import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyInOneModel, disposeByGraph } from '../src/index.js';

const input = () => tf.input({ shape: [2] });
const at = (layer: tf.layers.Layer, x: tf.SymbolicTensor) => layer.apply(x) as tf.SymbolicTensor;
const add = (x: tf.SymbolicTensor[]) => tf.layers.add().apply(x) as tf.SymbolicTensor;

describe('applyInOneModel', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('lets a model free a layer that it applies several times', () => {
    const before = tf.memory().numTensors;
    const [x, z] = [input(), input()];
    const layer = tf.layers.dense({ units: 2 });
    const once = (y: tf.SymbolicTensor) => applyInOneModel(layer, () => at(layer, y));
    const model = tf.model({ inputs: [x, z], outputs: [once(x), once(once(z))] });
    expect(model.dispose().numDisposedVariables).toBe(2);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([1, 2, 3])('lets a model free a nested model that it applies %i times', (times) => {
    const before = tf.memory().numTensors;
    const layer = tf.layers.dense({ units: 2, inputShape: [2] });
    const nested = tf.sequential({ layers: [layer] });
    const inputs = Array.from({ length: times }, input);
    const outputs = inputs.map((x) => applyInOneModel(nested, () => at(nested, x)));
    const model = tf.model({ inputs, outputs });
    expect(model.dispose().numDisposedVariables).toBe(2);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('disposeByGraph', () => {
  beforeAll(() => tf.setBackend('cpu'));

  /** A layer that multiplies by a weight of two numbers. It uses `disposeByGraph`. */
  class Scale extends tf.layers.Layer {
    static className = 'Scale';

    override build(shape: tf.Shape): void {
      this.addWeight('scale', [2], 'float32', tf.initializers.ones());
      super.build(shape);
    }

    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return tf.mul([inputs].flat()[0]!, this.weights[0]!.read());
    }

    override dispose(): ReturnType<tf.layers.Layer['dispose']> {
      return disposeByGraph(this, () => super.dispose());
    }
  }

  const freed = (model: tf.LayersModel) => model.dispose().numDisposedVariables;

  it('frees a layer with its model, which applies it several times', () => {
    const [x, layer] = [input(), new Scale()];
    expect(freed(tf.model({ inputs: x, outputs: [at(layer, x), at(layer, at(layer, x))] }))).toBe(
      1,
    );
  });

  it('frees a layer on several inputs that meet only after it', () => {
    const [x, z, layer] = [input(), input(), new Scale()];
    const outputs = add([at(layer, x), at(layer, z)]);
    expect(freed(tf.model({ inputs: [x, z], outputs }))).toBe(1);
  });

  it('frees a layer in a model whose outputs never meet', () => {
    const [x, layer] = [input(), new Scale()];
    const [left, right] = [at(tf.layers.reLU(), x), at(tf.layers.softmax(), x)];
    expect(freed(tf.model({ inputs: x, outputs: [at(layer, left), at(layer, right)] }))).toBe(1);
  });

  it('keeps a layer of two models until both are disposed of', () => {
    const layer = new Scale();
    const [one, other] = [0, 1].map(() => {
      const x = input();
      return tf.model({ inputs: x, outputs: at(layer, at(layer, x)) });
    });
    expect(freed(one!)).toBe(0);
    expect((other!.predict(tf.ones([1, 2])) as tf.Tensor).shape).toEqual([1, 2]);
    expect(freed(other!)).toBe(1);
  });

  it('frees a layer of a model and of its nested model', () => {
    const layer = new Scale();
    const [x, z] = [input(), input()];
    const nested = tf.model({ inputs: x, outputs: at(layer, at(layer, x)) });
    const model = tf.model({ inputs: z, outputs: at(layer, at(nested, z)) });
    const before = tf.memory().numTensors;
    model.dispose();
    expect(tf.memory().numTensors).toBe(before - 1);
  });

  it('frees a layer that was applied only to tensors', () => {
    const layer = new Scale();
    for (let call = 0; call < 2; call++) layer.apply(tf.ones([1, 2]));
    expect(layer.dispose().numDisposedVariables).toBe(1);
    expect(() => layer.dispose()).toThrow('already disposed');
  });
});
