import { useBackend } from '@ds/backend';
import { measureMultiplyAdds, poolingLayer, poolingNames, registerPooling } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { costReport, freezeStrides, resnet18 } from '../src/index.js';

type Size = [number, number, number];
type Pair = [number, number];

function poolingModel(name: string, shape: Size, strides: Pair, config: object = {}) {
  const input = tf.input({ shape });
  const layer = poolingLayer(name, { strides, ...config, name: 'pool' });
  const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
  return { model, layer };
}

const total = (model: tf.LayersModel, shape: Size) =>
  costReport(model, shape).reduce((sum, { macs }) => sum + macs, 0);

/** A contributed layer without `multiplyAdds`. */
class Contributed extends tf.layers.Layer {
  static className = 'Contributed';
  constructor(
    private readonly pool: (x: tf.Tensor4D) => tf.Tensor,
    name = 'contributed',
  ) {
    super({ name });
  }
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    return tf.tidy(() => this.pool([inputs].flat()[0] as tf.Tensor4D));
  }
  override computeOutputShape(shape: tf.Shape) {
    return [shape[0]!, null, null, shape[3]!];
  }
}

function contributed(pool: (x: tf.Tensor4D) => tf.Tensor) {
  const input = tf.input({ shape: [12, 8, 3] });
  const output = new Contributed(pool).apply(input) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: output });
}

describe.each(['cpu', 'wasm'])('costReport on %s', (backend) => {
  beforeAll(() => useBackend(backend as 'cpu'));
  const models: tf.LayersModel[] = [];
  const keep = <T extends tf.LayersModel>(model: T) => {
    models.push(model);
    return model;
  };
  afterEach(() => {
    for (const model of models.splice(0)) model.dispose();
  });

  it('counts two products and one thin pair of a spectral pooling', () => {
    // 24 × 16 → 12 × 8. The row of frequency −6 is kept, but its mirror image is not.
    const { model } = poolingModel('spectral', [24, 16, 5], [2, 2]);
    keep(model);
    const columnsFirst = 8 * 24 * (16 + 12);
    const skew = 1 * 16 * (24 + 8) + 12 * 1 * 8;
    expect(total(model, [24, 16, 5])).toBe(5 * (columnsFirst + skew));
  });

  it.each([
    ['spectral', [2, 2], {}],
    ['spectral', [1.7, 3], {}],
    ['diffstride', [2, 2], { smoothness: 2 }],
    ['flc', [2, 2], {}],
    ['asap', [3, 3], {}],
    ['dct', [2, 2], {}],
  ] as [string, Pair, object][])('counts as much for %s %j as for its frozen model', (...args) => {
    const [name, strides, config] = args;
    const shape: Size = [16, 16, 4];
    const { model } = poolingModel(name, shape, strides, config);
    const frozen = freezeStrides(keep(model), shape);
    keep(frozen);
    // Frozen models take rows first, which may be the more expensive order.
    const [mine, theirs] = [total(model, shape), total(frozen, shape)];
    expect(mine).toBeGreaterThan(0.7 * theirs);
    expect(mine).toBeLessThanOrEqual(theirs);
    if (strides[0] === strides[1] && name !== 'diffstride') expect(mine).toBe(theirs);
  });

  it('counts a frozen pooling that runs as one kernel', () => {
    const shape: Size = [16, 16, 8];
    const { model } = poolingModel('spectral', shape, [2, 2]);
    const frozen = freezeStrides(keep(model), shape);
    keep(frozen);
    expect(total(frozen, shape)).toBe(total(model, shape));
  });

  it('counts the taps of blurs, the windows of means, and the values of norms', () => {
    const of = (name: string, config: object = {}, strides: Pair = [2, 2]) =>
      total(keep(poolingModel(name, [12, 8, 3], strides, config).model), [12, 8, 3]);
    // Three taps each: along the height 6 × 8 outputs, then along the width 6 × 4.
    expect(of('blur')).toBe(3 * 3 * (6 * 8 + 6 * 4));
    expect(of('blur', { filterSize: 5 })).toBe(3 * 5 * (6 * 8 + 6 * 4));
    // Windows of 2 × 2 leave 11 × 7 pixels for the blur.
    const dense = 3 * 3 * (6 * 7 + 6 * 4);
    expect(of('max-blur')).toBe(dense);
    // Pairs along the height in 8 columns, and along the width in 11 rows.
    expect(of('avg-blur')).toBe(3 * 2 * (11 * 8 + 11 * 7) + dense);
    expect(of('average')).toBe(3 * 4 * 6 * 4);
    expect(of('fractional-avg')).toBe(3 * (12 * 8 + 6 * 8));
    expect(of('fractional-avg', { samples: 3, pseudoRandom: true })).toBe(3 * 3 * (12 * 8 + 6 * 8));
    expect(of('aps')).toBe(12 * 8 * 3);
    expect(of('lps')).toBe(12 * 8 * 9 * 3 * 3);
    for (const name of ['max', 'subsample', 'fractional-max']) expect(of(name)).toBe(0);
  });

  it.each(poolingNames())('counts equally for %s in both data formats', (name) => {
    const strides: Pair = [2, 2];
    const last = keep(poolingModel(name, [12, 8, 3], strides).model);
    const first = poolingModel(name, [3, 12, 8], strides, { dataFormat: 'channelsFirst' });
    expect(total(keep(first.model), [3, 12, 8])).toBe(total(last, [12, 8, 3]));
  });

  it('counts the kernels that a contributed pooling runs', () => {
    const filter = tf.ones([3, 3, 3, 1]) as tf.Tensor4D;
    const depthwise = contributed((x) => tf.depthwiseConv2d(x, filter, 2, 'same'));
    expect(total(depthwise, [12, 8, 3])).toBe(6 * 4 * 3 * 9);
    // Work for the whole batch does not count for an image.
    const matrix = tf.ones([5, 12]) as tf.Tensor2D;
    const products = contributed((x) => {
      const shared = tf.matMul(matrix, tf.ones([12, 12]));
      const lines = tf.reshape(tf.transpose(x, [0, 2, 3, 1]), [-1, 12]);
      return tf.reshape(tf.matMul(lines, shared, false, true), [-1, 8, 3, 5]);
    });
    expect(total(products, [12, 8, 3])).toBe(5 * 12 * 8 * 3);
    expect(
      total(
        contributed((x) => tf.maxPool(x, 2, 2, 'same')),
        [12, 8, 3],
      ),
    ).toBe(0);
    // The first one adds every second row to its neighbour. The second one is elementwise.
    const pairs = (x: tf.Tensor4D) => tf.unstack(tf.reshape(x, [-1, 6, 2, 8, 3]), 2);
    const sums = contributed((x) => tf.mul(tf.addN(pairs(x)), 0.5));
    expect(total(sums, [12, 8, 3])).toBe(6 * 8 * 3);
    expect(
      total(
        contributed((x) => tf.add(x, 1)),
        [12, 8, 3],
      ),
    ).toBe(0);
    tf.dispose([filter, matrix]);
  });

  it('names a contributed pooling that it cannot count', () => {
    const onHost = contributed((x) => {
      const values = x.dataSync().map((value) => 2 * value);
      return tf.tensor4d(values, x.shape);
    });
    expect(() => costReport(onHost, [12, 8, 3])).toThrow(
      'costReport: contributed must have a method multiplyAdds(outputShape, inputShape), ' +
        'because it reads its input on the host',
    );
    const unknown = contributed((x) => tf.localResponseNormalization(x));
    expect(() => costReport(unknown, [12, 8, 3])).toThrow(
      'because the multiply-adds of its kernel LRN are unknown',
    );
    // Each error names the function that was called.
    expect(() => measureMultiplyAdds(unknown.layers[1]!, [[12, 8, 3]])).toThrow(
      'measureMultiplyAdds: contributed must have a method ' +
        'multiplyAdds(outputShape, inputShape), ' +
        'because the multiply-adds of its kernel LRN are unknown',
    );
    expect(() => measureMultiplyAdds(onHost.layers[1]!, [[12, 8, 3]])).toThrow(
      'measureMultiplyAdds: contributed must have a method ' +
        'multiplyAdds(outputShape, inputShape), because it reads its input on the host',
    );
    expect(() => costReport(unknown, [12, 8, 3])).toThrow(/^costReport: contributed must have/);
    const wrong = contributed((x) => x);
    (wrong.layers[1] as unknown as { multiplyAdds: () => number }).multiplyAdds = () => Number.NaN;
    expect(() => costReport(wrong, [12, 8, 3])).toThrow(
      'costReport: multiplyAdds of contributed must be a finite number >= 0, got NaN',
    );
    // Counting restores the engine.
    expect(Object.hasOwn(tf.engine(), 'runKernel')).toBe(false);
    const { layer, model } = poolingModel('average', [4, 4, 1], [2, 2]);
    const before = tf.memory().numTensors;
    expect(measureMultiplyAdds(layer, [[4, 4, 1]])).toEqual({ ran: 16, needed: 16 });
    expect(tf.memory().numTensors).toBe(before);
    keep(model);
  });

  it.each([
    ['a promise', async (x: tf.Tensor) => x, 'Promise()'],
    ['nothing', () => undefined, 'undefined'],
  ])('names a layer that returns %s', (_what, call, got) => {
    const model = contributed(call as never);
    expect(() => costReport(model, [12, 8, 3])).toThrow(
      `costReport: call of 'contributed' must return tensors, got ${got}`,
    );
  });

  it('counts a contributed pooling in a network', () => {
    if (!poolingNames().includes('contributed')) {
      const average = (x: tf.Tensor4D) => tf.avgPool(x, 2, 2, 'same');
      registerPooling('contributed', ({ name }) => new Contributed(average, name as string));
    }
    const shape: Size = [8, 8, 3];
    const model = keep(
      resnet18({ inputShape: shape, classes: 2, width: 2, pooling: 'contributed' }),
    );
    const report = costReport(model, shape);
    const row = report.find(({ layer }) => layer === 'stage2.block0.pool')!;
    const [h, w, c] = row.outputShape as Size;
    expect(row.macs).toBe(4 * h * w * c);
  });

  it('counts nested models', () => {
    const inner = tf.sequential({
      layers: [tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [6, 6, 2] })],
    });
    const outer = tf.sequential({ layers: [inner, tf.layers.flatten()] });
    expect(total(outer, [6, 6, 2])).toBe(16 * 9 * 2 * 4);
  });

  it('works for any layers model', () => {
    const plain = tf.sequential({
      layers: [
        tf.layers.separableConv2d({ filters: 4, kernelSize: 3, inputShape: [6, 6, 2] }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3 }),
      ],
    });
    const macs = costReport(plain, [6, 6, 2]).map((row) => row.macs);
    expect(macs).toEqual([16 * (9 * 2 + 2 * 4), 0, 64 * 3]);
  });

  it.each<[string, tf.layers.Layer, number[], number[]]>([
    // Each step multiplies its 4 inputs and 3 states by the matrices of all gates.
    ['SimpleRNN', tf.layers.simpleRNN({ units: 3 }), [5, 4], [5 * (4 + 3) * 3]],
    ['GRU', tf.layers.gru({ units: 3, returnSequences: true }), [5, 4], [5 * (4 + 3) * 3 * 3]],
    ['LSTM', tf.layers.lstm({ units: 3 }), [5, 4], [5 * (4 + 3) * 3 * 4]],
    [
      'Bidirectional',
      tf.layers.bidirectional({
        layer: tf.layers.gru({ units: 3 }) as tf.RNN,
        mergeMode: 'concat',
      }),
      [5, 4],
      [5 * (4 + 3) * 9, 5 * (4 + 3) * 9],
    ],
    [
      'RNN of two cells',
      tf.layers.rnn({ cell: [tf.layers.lstmCell({ units: 3 }), tf.layers.gruCell({ units: 2 })] }),
      [5, 4],
      [5 * (4 + 3) * 12, 5 * (3 + 2) * 6],
    ],
    [
      'ConvLSTM2D',
      tf.layers.convLstm2d({ filters: 3, kernelSize: 3 }),
      [4, 6, 6, 2],
      [4 * 16 * 9 * (2 + 3) * 12],
    ],
    [
      'Conv3DTranspose',
      tf.layers.conv3dTranspose({ filters: 3, kernelSize: 2, strides: 2 }),
      [2, 3, 3, 4],
      [2 * 3 * 3 * 4 * 8 * 3],
    ],
  ])('counts %s', (_, layer, shape, want) => {
    const input = tf.input({ shape });
    const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
    const report = costReport(model, shape).filter(({ macs }) => macs > 0);
    expect(report.map(({ macs }) => macs)).toEqual(want);
    const parameters = costReport(model, shape).reduce((sum, row) => sum + row.parameters, 0);
    expect(parameters).toBe(model.countParams());
  });
});
