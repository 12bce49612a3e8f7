import { fromBinary } from '@bufbuild/protobuf';
import { DiffStride } from '@ds/layers';
import { freezeStrides, resnet18 } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { toGraphModel, toOnnx } from '../../src/index.js';
import { type ModelProto, ModelProtoSchema } from '../../src/onnx/onnx_pb.js';
import { batchFor } from '../batch-for.js';
import { expectEqual } from '../expect-equal.js';
import { runOnnx } from '../run-onnx.js';

beforeAll(() => tf.setBackend('cpu'));

const { layers } = tf;

/** A convolution, a learned pooling and two kinds of outputs. */
function twoOutputs(): tf.LayersModel {
  const input = tf.input({ name: 'image', shape: [8, 9, 3] });
  const filters = layers.conv2d({ name: 'conv', filters: 4, kernelSize: 3, padding: 'same' });
  const pool = new DiffStride({ name: 'pool', smoothness: 1 });
  const map = pool.apply(filters.apply(input)) as tf.SymbolicTensor;
  const vector = layers.globalAveragePooling2d({ name: 'mean' }).apply(map) as tf.SymbolicTensor;
  return tf.model({ name: 'both', inputs: input, outputs: [map, vector] });
}

const protoOf = (file: Uint8Array): ModelProto => fromBinary(ModelProtoSchema, file);
const opsOf = (file: Uint8Array) => protoOf(file).graph!.node.map(({ opType }) => opType);

/** The sizes of inputs or outputs, with the names of those that are open. */
function shapesOf(file: Uint8Array, side: 'input' | 'output') {
  return protoOf(file).graph![side].map(({ name, type }) => {
    const tensor = type!.value.case === 'tensorType' ? type!.value.value : null;
    const dims = tensor!.shape!.dim.map(({ value }) => `${value.value}`);
    return `${name} ${dims.join(',')}`;
  });
}

describe('toOnnx', () => {
  it('names the producer, the operators, the inputs and the outputs', () => {
    const file = toOnnx(twoOutputs());
    const { irVersion, opsetImport, producerName, docString, graph } = protoOf(file);
    expect([irVersion, producerName, docString]).toEqual([
      8n,
      '@ds/export',
      "The tf.layers model 'both' at inference.",
    ]);
    expect(opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 17n]]);
    expect(graph!.name).toBe('both');
    expect(graph!.input[0]!.docString).toBe('[batch, height, width, channels]');
    expect(shapesOf(file, 'input')).toEqual(['image batch,8,9,3']);
    expect(shapesOf(file, 'output')).toEqual(['pool batch,6,8,4', 'mean batch,4']);
  });

  it('gives the input its name, also if the model returns it', async () => {
    const input = tf.input({ name: 'image', shape: [3] });
    const output = tf.layers.dense({ name: 'dense', units: 2 }).apply(input) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: [input, output] });
    const file = toOnnx(model);
    expect(shapesOf(file, 'input')).toEqual(['image batch,3']);
    expect(shapesOf(file, 'output')).toEqual(['image_2 batch,3', 'dense batch,2']);
    const [x] = batchFor(model, 2);
    expectEqual(await runOnnx(file, [x!]), model.predict(x!) as tf.Tensor[], 1e-5);
  });

  it('keeps images of a model with channels first, says so, and refuses nchw for it', () => {
    const layer = tf.layers.conv2d({ filters: 4, kernelSize: 3, dataFormat: 'channelsFirst' });
    const model = tf.sequential({
      layers: [tf.layers.inputLayer({ inputShape: [2, 9, 7], name: 'img' }), layer],
    });
    const { graph } = fromBinary(ModelProtoSchema, toOnnx(model));
    expect(graph!.input[0]!.docString).toBe('[batch, channels, height, width]');
    expect(() => toOnnx(model, { layout: 'nchw' })).toThrow(
      "toOnnx: layout must be left out for a model with channels first, such as 'conv2d",
    );
  });

  it.each([
    ['convolution', () => tf.layers.conv2d({ filters: 1, kernelSize: 5, name: 'wide' })],
    ['pooling', () => tf.layers.maxPooling2d({ poolSize: 5, name: 'wide' })],
  ])('refuses an input that leaves a %s no map', (_, make) => {
    const model = tf.sequential({
      layers: [tf.layers.inputLayer({ inputShape: [null, null, 3] }), make()],
    });
    for (const convert of [toOnnx, toGraphModel]) {
      expect(() => convert(model, { inputShape: [3, 3, 3] })).toThrow(
        /layer 'wide' \(.*\) must get an input that is large enough, got \[3, 3, 3\]/,
      );
    }
  });

  it('refuses a causal convolution', () => {
    const model = tf.sequential({
      layers: [tf.layers.inputLayer({ inputShape: [8, 2] })],
    });
    const layer = tf.layers.conv1d({ filters: 1, kernelSize: 3, name: 'past' });
    model.add(layer);
    (layer as unknown as { padding: string }).padding = 'causal';
    expect(() => toOnnx(model)).toThrow(/layer 'past' .* must have padding 'same' or 'valid'/);
  });

  it('takes and returns NCHW images with that layout', async () => {
    const model = twoOutputs();
    const file = toOnnx(model, { layout: 'nchw' });
    expect(shapesOf(file, 'input')).toEqual(['image batch,3,8,9']);
    expect(shapesOf(file, 'output')).toEqual(['pool batch,4,6,8', 'mean batch,4']);
    expect(opsOf(file)).not.toContain('Transpose');
    const [x] = batchFor(model, 2);
    const [map, vector] = model.predict(x!) as tf.Tensor[];
    const made = await runOnnx(file, [tf.transpose(x!, [0, 3, 1, 2])]);
    expectEqual(made, [tf.transpose(map!, [0, 3, 1, 2]), vector!], 1e-5);
  });

  it.each(['channelsLast', 'channelsFirst'] as const)(
    'pads with zeros before a maximum of negative values, also by a whole window, %s',
    async (dataFormat) => {
      const sides = [6, 7];
      const inputShape = dataFormat === 'channelsFirst' ? [2, ...sides] : [...sides, 2];
      const pools = [layers.maxPooling2d, layers.averagePooling2d];
      const windows = [
        [1, 3],
        [2, 2],
      ];
      for (const [pool, [padding, poolSize]] of pools.flatMap((one) =>
        windows.map((window) => [one, window] as const),
      )) {
        const model = tf.sequential({
          layers: [
            layers.zeroPadding2d({ inputShape, padding: padding!, dataFormat }),
            pool({ poolSize: poolSize!, strides: 2, dataFormat }),
          ],
        });
        const x = tf.sub(-1, tf.abs(batchFor(model, 2)[0]!));
        const wanted = model.predict(x) as tf.Tensor;
        expectEqual(await runOnnx(toOnnx(model), [x]), [wanted], 1e-5);
      }
    },
  );

  it('transposes an NHWC image once, and multiplies by two matrices for each pooling', () => {
    const inputShape: [number, number, number] = [14, 14, 3];
    const options = { inputShape, classes: 3, width: 2, pooling: 'flc', seed: 1 };
    const model = resnet18({ ...options, strides: [1, 1, 2, 1, 1] });
    for (const one of [model, freezeStrides(model, inputShape)]) {
      const ops = opsOf(toOnnx(one));
      expect(ops.filter((op) => op === 'Transpose')).toHaveLength(1);
      // One pooling of two branches.
      expect(ops.filter((op) => op === 'MatMul')).toHaveLength(4);
    }
  });

  it('stores a shared kernel once', () => {
    const shared = layers.dense({ name: 'shared', units: 50 });
    const inputs = ['a', 'b'].map((name) => tf.input({ name, shape: [40] }));
    const outputs = inputs.map((input) => shared.apply(input) as tf.SymbolicTensor);
    const { graph } = protoOf(toOnnx(tf.model({ inputs, outputs })));
    expect(graph!.initializer.map(({ name }) => name)).toEqual(['shared/kernel', 'shared/bias']);
    expect(graph!.output.map(({ name }) => name)).toEqual(['shared', 'shared_2']);
  });

  it('stores kernels and matrices as float16, and small arrays as float32', () => {
    const { graph } = protoOf(toOnnx(twoOutputs(), { float16: true }));
    const types = graph!.initializer.map(({ name, dataType }) => [name, dataType]);
    const [float, half, int64] = [1, 10, 7];
    expect(Object.fromEntries(types)).toMatchObject({
      'conv/kernel/float16': half,
      'conv/bias': float,
      'pool/rows_8x9/float16': half,
    });
    expect(types.every(([, type]) => [float, half, int64].includes(type as number))).toBe(true);
  });

  it('refuses a number that float16 cannot hold, and names the weight', () => {
    const model = tf.sequential({
      layers: [layers.dense({ name: 'd', units: 1, inputShape: [1] })],
    });
    model.setWeights([tf.tensor2d([[70_000]]), tf.tensor1d([0])]);
    expect(() => toOnnx(model, { float16: true })).toThrow(
      "toOnnx: weight 'd/kernel' must be at most 65504 with float16, got 70000",
    );
  });

  it('gives the same bytes again, and leaves no tensor', () => {
    const model = twoOutputs();
    const before = tf.memory().numTensors;
    expect(toOnnx(model)).toEqual(toOnnx(model));
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('transposes a sequence once before its convolutions, and once after them', () => {
  const convolution = { filters: 3, kernelSize: 3, padding: 'same' } as const;
  const model = tf.sequential({
    layers: [
      tf.layers.conv1d({ ...convolution, inputShape: [8, 2] }),
      tf.layers.averagePooling1d({}),
      tf.layers.conv1d(convolution),
    ],
  });
  expect(opsOf(toOnnx(model)).filter((type) => type === 'Transpose')).toHaveLength(2);
});
