import { useBackend } from '@ds/backend';
import { BlurPool, MaskedDepth } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeStrides, swapDownsampling } from '../src/index.js';

/** A model with what tfjs 4.22.0 leaves out of configurations, or stores wrongly. */
function unsaved(): tf.LayersModel {
  const regularizer = tf.regularizers.l2({ l2: 0.1 });
  return tf.sequential({
    layers: [
      tf.layers.separableConv2d({
        filters: 3,
        kernelSize: 3,
        depthMultiplier: 2,
        inputShape: [9, 8, 2],
      }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, depthwiseRegularizer: regularizer }),
      new BlurPool({ strides: 2 }),
      tf.layers.conv2d({ filters: 2, kernelSize: 1, strides: 2, trainable: false }),
    ],
  });
}

/** Sets the weights to different numbers, so that an exchange of two shows. */
function setDifferent(model: tf.LayersModel): void {
  const apart = model.getWeights().map((weight, at) => tf.add(tf.abs(weight), at + 1));
  model.setWeights(apart);
  tf.dispose(apart);
}

/** Residual blocks, with a layer before them that a copy swaps. */
function withBlocks(): tf.LayersModel {
  const image = tf.input({ shape: [9, 8, 2] });
  const side = tf.input({ shape: [null, null, 2] });
  const convolve = tf.layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' });
  const branch = tf.layers.batchNormalization().apply(convolve.apply(side)) as tf.SymbolicTensor;
  const block = tf.model({ inputs: side, outputs: branch });
  const down = tf.layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' });
  const outputs = new MaskedDepth({ blocks: [block] }).apply(down.apply(image));
  return tf.model({ inputs: image, outputs: outputs as tf.SymbolicTensor });
}

/** A frozen model in a wrapper. tfjs lists its weights in another order than trained ones. */
function frozenInWrapper(): tf.LayersModel {
  const each = tf.sequential({
    layers: [
      tf.layers.batchNormalization({ inputShape: [4] }),
      tf.layers.dense({ units: 4 }),
      tf.layers.batchNormalization(),
    ],
  });
  const model = tf.sequential({
    layers: [tf.layers.timeDistributed({ layer: each, inputShape: [3, 4] } as never)],
  });
  setDifferent(model);
  each.trainable = false;
  return model;
}

/** Two stacked cells, of which one is frozen. */
function stackedCells(): tf.LayersModel {
  const cells = [3, 3].map((units) => tf.layers.lstmCell({ units }));
  const model = tf.sequential({ layers: [tf.layers.rnn({ cell: cells, inputShape: [4, 3] })] });
  setDifferent(model);
  cells[0]!.trainable = false;
  return model;
}

const COPIES: [string, (model: tf.LayersModel) => tf.LayersModel][] = [
  ['freezeStrides', (model) => freezeStrides(model, model.inputs[0]!.shape.slice(1) as number[])],
  ['swapDownsampling', (model) => swapDownsampling(model, 'subsample').model],
];

describe.each(COPIES)('the layers that %s copies', (_, copied) => {
  beforeAll(() => useBackend('cpu'));

  it('keep depth multipliers and regularized kernels, with their numbers', () => {
    const model = unsaved();
    const copy = copied(model);
    tf.tidy(() => {
      const x = unitTensor(2, [2, 9, 8, 2]);
      const [want, got] = [model, copy].map((one) => (one.predict(x) as tf.Tensor).dataSync());
      expect(relativeError(got!, want!)).toBeLessThan(1e-5);
    });
    model.dispose();
    copy.dispose();
  });

  it.each([
    ['residual blocks', withBlocks],
    ['a frozen model in TimeDistributed', frozenInWrapper],
    ['stacked cells', stackedCells],
  ])('keep the weights inside %s', (_inside, make) => {
    const model = make();
    const [, ...sides] = model.inputs[0]!.shape as number[];
    const copy = copied(model);
    tf.tidy(() => {
      const x = unitTensor(3, [2, ...sides]);
      const [want, got] = [model, copy].map((one) => (one.predict(x) as tf.Tensor).dataSync());
      expect(relativeError(got!, want!)).toBeLessThan(1e-5);
    });
    model.dispose();
    copy.dispose();
  });

  it('are trained as far as those of the model are', () => {
    const model = unsaved();
    const copy = copied(model);
    const last = model.layers.at(-1)!;
    expect(copy.getLayer(last.name).trainable).toBe(false);
    expect(copy.trainableWeights).toHaveLength(model.trainableWeights.length);
    model.dispose();
    copy.dispose();
  });
});

class Scale extends tf.layers.Layer {
  static className = 'PlainScale';
  readonly factor: number;
  constructor({ factor = 1, ...config }: { factor?: number; name?: string } = {}) {
    super(config);
    this.factor = factor;
  }
  override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([x].flat()[0]!, this.factor);
  }
}

/** The same, with what its constructor needs. */
class DescribedScale extends Scale {
  static override className = 'DescribedScale';
  override getConfig() {
    return { ...super.getConfig(), factor: this.factor };
  }
}

/** The same, with its factor in a list and in an object. */
class ListedScale extends tf.layers.Layer {
  static className = 'ListedScale';
  readonly factors: number[];
  readonly nested: { by: number[] };
  constructor({ factors = [1], by = [1], ...config }: Partial<Record<string, number[]>> = {}) {
    super(config as object);
    this.factors = factors;
    this.nested = { by };
  }
  override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([x].flat()[0]!, this.factors[0]! * this.nested.by[0]!);
  }
}

class Reading extends tf.layers.Layer {
  static className = 'Reading';
  readonly height: number;
  constructor(config: { strides: number[]; name?: string }) {
    super(config);
    this.height = config.strides[0]!;
  }
  override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return [x].flat()[0]!;
  }
}

/** A layer that makes its weight, and what depends on its input, when it is built. */
class Widening extends tf.layers.Layer {
  static className = 'Widening';
  channels = 0;
  kernel: tf.layers.Layer['weights'][number] | null = null;
  readonly scaled = (x: tf.Tensor) => tf.mul(x, this.kernel!.read());
  override build(shape: tf.Shape): void {
    this.channels = shape.at(-1)!;
    this.kernel = this.addWeight('kernel', [this.channels], 'float32', tf.initializers.ones());
    super.build(shape);
  }
  override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.scaled([x].flat()[0]!);
  }
}

describe('a custom layer', () => {
  const around = (layer: tf.layers.Layer) =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 3], strides: 2 }),
        layer,
      ],
    });

  it.each([
    ['swapDownsampling', (model: tf.LayersModel) => swapDownsampling(model, 'subsample').model],
    [
      'freezeStrides',
      (model: tf.LayersModel) => freezeStrides(model, [8, 8, 3], { keepCustom: true }),
    ],
  ] as const)('is copied by %s only with all that its class has set', (op, copied) => {
    expect(() => copied(around(new Scale({ name: 'scale', factor: 3 })))).toThrow(
      `${op}: getConfig of layer 'scale' (PlainScale) must return its field 'factor', ` +
        'which is 3 in the layer and 1 in a copy of it; if the copy needs nothing else, ' +
        'return super.getConfig()',
    );
    for (const [config, field, values] of [
      [{ factors: [3] }, 'factors', '[3] in the layer and [1] in a copy'],
      [{ factors: [1, 1] }, 'factors', '[1, 1] in the layer and [1] in a copy'],
      [{ by: [2] }, 'nested.by', '[2] in the layer and [1] in a copy'],
    ] as const) {
      expect(() => copied(around(new ListedScale(config as never)))).toThrow(
        `(ListedScale) must return its field '${field}', which is ${values} of it`,
      );
    }
    expect(() => copied(around(new Reading({ name: 'read', strides: [2] })))).toThrow(
      new RegExp(
        `^${op}: layer 'read' \\(Reading\\) must be made from what its getConfig returns, got "`,
      ),
    );
    const x = unitTensor(4, [1, 8, 8, 3]);
    for (const layer of [new DescribedScale({ factor: 3 }), new Widening({})]) {
      const model = around(layer);
      const want = model.predict(x) as tf.Tensor;
      const got = copied(model).predict(x) as tf.Tensor;
      expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(1e-6);
    }
  });
});

it('a copy has the metadata of its model', () => {
  const model = unsaved();
  model.setUserDefinedMetadata({ labels: ['cat', 'dog'] });
  const copies = [swapDownsampling(model, 'blur').model, freezeStrides(model, [9, 8, 2])];
  for (const copy of copies) {
    expect(copy.getUserDefinedMetadata()).toEqual({ labels: ['cat', 'dog'] });
    copy.dispose();
  }
});
