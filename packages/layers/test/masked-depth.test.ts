import { useBackend } from '@ds/backend';
import { layersOf, layersWith } from '@ds/graph';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { MaskedDepth } from '../src/index.js';

/** Three residual branches over two values, in a model, at a depth of 1.7. */
function made() {
  const blocks = [1, 2, 3].map((seed) => {
    const input = tf.input({ shape: [2], name: `in${seed}` });
    const normed = tf.layers.batchNormalization({ name: `bn${seed}` }).apply(input);
    const kernelInitializer = tf.initializers.randomNormal({ seed });
    const dense = tf.layers.dense({ units: 2, name: `dense${seed}`, kernelInitializer });
    const outputs = dense.apply(normed) as tf.SymbolicTensor;
    return tf.model({ inputs: input, outputs, name: `block${seed}` });
  });
  const layer = new MaskedDepth({ name: 'depth', blocks, initialDepth: 1.7, temperature: 0.5 });
  const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [2] }), layer] });
  return { layer, model };
}

const factorsAt = (depth: number) =>
  [0.5, 1.5, 2.5].map((x) =>
    x > depth ? 0 : 1 / (1 + Math.exp((x - depth + 0.5 * Math.log(9)) / 0.5)),
  );

/** The stack at a depth, on the host. */
function byHand(layer: MaskedDepth, x: number[][], depth: number): number[] {
  return x.flatMap((row) => {
    let [a, b] = row as [number, number];
    factorsAt(depth).forEach((factor, at) => {
      const dense = layer.blocks[at]!.layers[2]!.getWeights()[0]!.arraySync() as number[][];
      // A fresh batch norm divides by √(1 + ε) at inference.
      const [u, v] = [a, b].map((value) => value / Math.sqrt(1.001)) as [number, number];
      const branch = [0, 1].map((n) => u * dense[0]![n]! + v * dense[1]![n]!);
      [a, b] = [a + factor * branch[0]!, b + factor * branch[1]!];
    });
    return [a, b];
  });
}

/** A model through memory and JSON, as through a file. */
async function reloaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  let saved: tf.io.ModelArtifacts | null = null;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = JSON.parse(JSON.stringify({ ...artifacts, weightData: null }));
      saved!.weightData = artifacts.weightData;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return tf.loadLayersModel(tf.io.fromMemory(saved!));
}

describe.each(['cpu', 'wasm'] as const)('MaskedDepth on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('names the depth that is out of range', () => {
    const blocks = [1, 2, 3].map(() =>
      tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [2] })] }),
    );
    expect(() => new MaskedDepth({ blocks, minDepth: 5 })).toThrow(
      'MaskedDepth: minDepth must be in 1 … 3, the number of blocks, got 5',
    );
    expect(() => new MaskedDepth({ blocks, minDepth: 2, initialDepth: 1.5 })).toThrow(
      'MaskedDepth: initialDepth must be in 2 … 3, got 1.5',
    );
    for (const block of blocks) block.dispose();
  });

  it('adds the masked branches, and runs the kept ones only', () => {
    const { layer, model } = made();
    const x = unitTensor(4, [2, 2]);
    let ran = 0;
    for (const block of layer.blocks) {
      const call = block.call.bind(block);
      block.call = (...args) => {
        ran += 1;
        return call(...args);
      };
    }
    const y = model.predict(x) as tf.Tensor;
    expect(ran).toBe(2);
    expect(layer.keptDepth).toBe(2);
    expect(relativeError(layer.factors(), factorsAt(1.7).slice(0, 2))).toBeLessThan(1e-5);
    const want = byHand(layer, x.arraySync() as number[][], 1.7);
    expect(relativeError(y.dataSync(), want)).toBeLessThan(1e-5);
    tf.dispose([x, y]);
    model.dispose();
  });

  it('has the gradient of finite differences in its depth', () => {
    const { layer, model } = made();
    const x = unitTensor(4, [2, 2]);
    const upstream = unitTensor(5, [2, 2]);
    const loss = () => tf.sum(tf.mul(model.predict(x) as tf.Tensor, upstream)) as tf.Scalar;
    const { value, grads } = tf.variableGrads(loss, [layer.sizeVariable!]);
    const slope = Object.values(grads)[0]!.dataSync()[0]!;
    const at = (depth: number) => {
      const rows = byHand(layer, x.arraySync() as number[][], depth);
      return rows.reduce((sum, row, i) => sum + row * upstream.dataSync()[i]!, 0);
    };
    // The weight is a share of three blocks.
    const numeric = (3 * (at(1.701) - at(1.699))) / 0.002;
    expect(Math.abs(slope / numeric - 1)).toBeLessThan(1e-3);
    tf.dispose([value, grads, x, upstream]);
    model.dispose();
  });
});

describe('MaskedDepth', () => {
  beforeAll(() => useBackend('cpu'));

  it('has the weights of its blocks, and their layers in the graph', () => {
    const { layer, model } = made();
    expect(model.trainableWeights).toHaveLength(1 + 3 * 4);
    expect(model.nonTrainableWeights).toHaveLength(3 * 2);
    const paths = layersOf(model).map(({ path }) => path);
    expect(paths).toContain('depth/block2/dense2');
    expect(layersWith(model, 'hostCopy').map((placed) => placed.layer)).toEqual([layer]);
    const before = tf.memory().numTensors;
    model.dispose();
    expect(before - tf.memory().numTensors).toBe(1 + 3 * 6);
  });

  it('trains its blocks, and the moving averages of those that run', async () => {
    const { layer, model } = made();
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    const [x, y] = [unitTensor(4, [4, 2]), unitTensor(5, [4, 2])];
    const means = () => layer.blocks.map((b) => b.layers[1]!.getWeights()[2]!.dataSync()[0]!);
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    expect(means()[0]).not.toBe(0);
    expect(means()[2]).toBe(0);
    expect(layer.depth).not.toBeCloseTo(1.7, 4);
    tf.dispose([x, y]);
    model.dispose();
  });

  it('saves and loads its blocks', async () => {
    const { model } = made();
    const x = unitTensor(4, [2, 2]);
    const want = (model.predict(x) as tf.Tensor).dataSync();
    const loaded = await reloaded(model);
    expect([...(loaded.predict(x) as tf.Tensor).dataSync()]).toEqual([...want]);
  });

  /** The same block three times between another block, in a model. */
  const repeated = (l2 = 0) => {
    const [block, other] = [1, 3].map((value) => {
      const input = tf.input({ shape: [2] });
      const kernelInitializer = tf.initializers.constant({ value: value / 10 });
      const kernelRegularizer = tf.regularizers.l2({ l2 });
      const dense = tf.layers.dense({ units: 2, kernelInitializer, kernelRegularizer });
      const frozen = tf.layers.batchNormalization({ trainable: false });
      const outputs = frozen.apply(dense.apply(input)) as tf.SymbolicTensor;
      return tf.model({ inputs: input, outputs });
    }) as [tf.LayersModel, tf.LayersModel];
    const layer = new MaskedDepth({ blocks: [block, other, block, block], inputShape: [2] });
    return { block, layer, model: tf.sequential({ layers: [layer] }) };
  };

  it('has the weights and the losses of a repeated block once', () => {
    const { model } = repeated(1);
    expect(model.trainableWeights).toHaveLength(1 + 2 * 2);
    expect(model.nonTrainableWeights).toHaveLength(2 * 4);
    expect(model.countParams()).toBe(1 + 2 * 6 + 2 * 8);
    const losses = tf.tidy(() => model.calculateLosses().map((loss) => loss.dataSync()[0]!));
    expect(losses).toHaveLength(2);
    expect(relativeError(losses, [0.04, 0.36])).toBeLessThan(1e-6);
    model.dispose();
  });

  it('updates a repeated block once in a step', async () => {
    const { block, layer, model } = repeated();
    const [x, y] = [unitTensor(4, [4, 2]), unitTensor(5, [4, 2])];
    const kernel = block.layers[1]!.trainableWeights[0]!.read() as tf.Variable;
    const loss = () => {
      const predicted = layer.apply(x, { training: true }) as tf.Tensor;
      return tf.losses.meanSquaredError(y, predicted) as tf.Scalar;
    };
    const { grads } = tf.variableGrads(loss, [kernel]);
    const want = tf.sub(kernel, tf.mul(Object.values(grads)[0]!, 0.1)).dataSync();
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    await model.fit(x, y, { verbose: 0 });
    expect(relativeError(kernel.dataSync(), want)).toBeLessThan(1e-5);
    tf.dispose([x, y, grads]);
    model.dispose();
  });

  it('saves a repeated block once, and loads it as one object', async () => {
    const { layer, model } = repeated();
    const x = unitTensor(4, [2, 2]);
    const want = (model.predict(x) as tf.Tensor).dataSync();
    const saved = layer.getConfig().blocks as object[];
    expect(saved.slice(2)).toEqual([{ repeats: 0 }, { repeats: 0 }]);
    const loaded = await reloaded(model);
    expect([...(loaded.predict(x) as tf.Tensor).dataSync()]).toEqual([...want]);
    const { blocks } = loaded.layers[0] as MaskedDepth;
    expect(blocks.map((block) => blocks.indexOf(block))).toEqual([0, 1, 0, 0]);
  });

  it('has the losses of the blocks that run', () => {
    const blocks = [1, 2, 3].map((value) => {
      const input = tf.input({ shape: [2] });
      const kernelRegularizer = tf.regularizers.l2({ l2: 1 });
      const kernelInitializer = tf.initializers.constant({ value });
      const dense = tf.layers.dense({ units: 2, kernelInitializer, kernelRegularizer });
      return tf.model({ inputs: input, outputs: dense.apply(input) as tf.SymbolicTensor });
    });
    const layer = new MaskedDepth({ blocks, initialDepth: 1.7, temperature: 0.5 });
    const input = tf.input({ shape: [2] });
    const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
    const losses = tf.tidy(() => model.calculateLosses().map((loss) => loss.dataSync()[0]));
    // Four weights of 1, and four of 2.
    expect(losses).toEqual([4, 16]);
    model.dispose();
  });

  it('refuses inputs that its blocks do not take', () => {
    const { layer } = made();
    const message =
      "MaskedDepth: layer 'depth': the input must have the shape [null, 2] of blocks[0], got";
    expect(() => layer.apply(tf.input({ shape: [3] }))).toThrow(`${message} [null, 3]`);
    tf.tidy(() => {
      expect(() => layer.apply(tf.ones([1, 3]))).toThrow(`${message} [1, 3]`);
      expect(() => layer.apply(tf.ones([1, 2], 'int32'))).toThrow(
        'MaskedDepth: x must be float32, got int32',
      );
    });
  });

  it('refuses a block that changes the shape', () => {
    const input = tf.input({ shape: [2] });
    const outputs = tf.layers.dense({ units: 3 }).apply(input) as tf.SymbolicTensor;
    const layer = new MaskedDepth({ blocks: [tf.model({ inputs: input, outputs })] });
    expect(() => layer.apply(tf.input({ shape: [2] }))).toThrow(
      'MaskedDepth: blocks must keep the shape of one input',
    );
  });

  it('refuses a block of unknown sizes that changes them', () => {
    const blockOf = (name: string, pooling: tf.layers.Layer) => {
      const input = tf.input({ shape: [null, null, 1] });
      return tf.model({ inputs: input, outputs: pooling.apply(input) as tf.SymbolicTensor, name });
    };
    const identity = blockOf('same', tf.layers.activation({ activation: 'linear' }));
    // A sum would repeat its one pixel over the image.
    const pooled = blockOf('pooled', tf.layers.maxPooling2d({ poolSize: 4 }));
    const layer = new MaskedDepth({ blocks: [identity, pooled] });
    expect(() => layer.apply(tf.ones([1, 4, 4, 1]))).toThrow(
      'MaskedDepth: blocks[1] must keep the shape of one input, ' +
        'got pooled from [1,4,4,1] to [1,1,1,1]',
    );
  });

  it('names the class of a saved block that is not registered', () => {
    const { layer, model } = made();
    const config = layer.getConfig();
    const blocks = [{ className: 'mine>Block', config: {} }];
    expect(() => MaskedDepth.fromConfig(MaskedDepth, { ...config, blocks } as never)).toThrow(
      "MaskedDepth: blocks must have registered classes, got 'mine>Block'; import the module",
    );
    model.dispose();
  });
});
