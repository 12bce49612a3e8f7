import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { audioCnn, type Resnet18Options, resnet18 } from '../../src/index.js';
import { loadSafetensors, toSafetensors } from '../../src/safetensors/index.js';
import {
  formatSafetensors,
  parseSafetensors,
  valuesOf,
  type WrittenTensor,
} from '../../src/safetensors/safetensors-format.js';

const FIXTURE = new URL('../fixtures/safetensors/resnet18-width8.safetensors', import.meta.url);
const golden: { cases: { inputShape: number[]; inputSeed: number; logits: number[][] }[] } =
  JSON.parse(
    readFileSync(new URL('../fixtures/safetensors/resnet18-width8.json', import.meta.url), 'utf8'),
  );

const TORCHVISION: Resnet18Options = {
  inputShape: [64, 64, 3],
  classes: 10,
  width: 8,
  variant: 'original',
  stem: 'imagenet',
  pooling: 'conv',
  padding: 'symmetric',
  strides: [2, 1, 2, 2, 2],
};

/** The tensors of the fixture, under other names if `rename` is given. */
function fixtureTensors(rename: (name: string) => string = (name) => name): WrittenTensor[] {
  const file = parseSafetensors('test', readFileSync(FIXTURE));
  return [...file.tensors].map(([name, { shape }]) => ({
    name: rename(name),
    dtype: 'F32',
    shape,
    values: valuesOf('test', file, name),
  }));
}

/** The blurs of antialiased-cnns with 4×4 filters, by the number of channels. */
const BLURS: Record<string, number> = {
  'maxpool.1': 8,
  'layer2.0.conv2.0': 16,
  'layer2.0.downsample.0': 8,
  'layer3.0.conv2.0': 32,
  'layer3.0.downsample.0': 16,
  'layer4.0.conv2.0': 64,
  'layer4.0.downsample.0': 32,
};

const FILTER = [1, 3, 3, 1].flatMap((a) => [1, 3, 3, 1].map((b) => (a * b) / 64));

/** The fixture's weights as a file of antialiased-cnns. */
function antialiasedFile(): WrittenTensor[] {
  const filters = Object.entries(BLURS).map(([name, channels]) => ({
    name: `${name}.filt`,
    dtype: 'F32' as const,
    shape: [channels, 1, 4, 4],
    values: Float32Array.from({ length: 16 * channels }, (_, i) => FILTER[i % 16]!),
  }));
  const moved = fixtureTensors((name) =>
    name
      .replace(/^(layer[234]\.0\.conv2)\./, '$1.1.')
      .replace(
        /^(layer[234]\.0\.downsample)\.(\d)/,
        (_, block, at) => `${block}.${Number(at) + 1}`,
      ),
  );
  return [...moved, ...filters];
}

/** The network of antialiased-cnns in plain operations, from a file with torchvision's names. */
function antialiasedLogits(tensors: WrittenTensor[], image: tf.Tensor4D): tf.Tensor {
  const by = new Map(tensors.map((one) => [one.name, tf.tensor(one.values, one.shape)]));
  const conv = (x: tf.Tensor4D, name: string, stride: number) => {
    const kernel = tf.transpose(by.get(`${name}.weight`)!, [2, 3, 1, 0]) as tf.Tensor4D;
    return tf.conv2d(x, kernel, stride, (kernel.shape[0] - 1) / 2);
  };
  const norm = (x: tf.Tensor4D, name: string) => {
    const [scale, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
      (part) => by.get(`${name}.${part}`)!,
    ) as tf.Tensor[];
    const deviation = tf.sqrt(tf.add(variance!, 1e-5));
    return tf.add(tf.mul(tf.div(tf.sub(x, mean!), deviation), scale!), bias!) as tf.Tensor4D;
  };
  const blur = (x: tf.Tensor4D) => {
    const padded = tf.mirrorPad(
      x,
      [
        [0, 0],
        [1, 2],
        [1, 2],
        [0, 0],
      ],
      'reflect',
    );
    const filter = tf.tile(tf.tensor4d(FILTER, [4, 4, 1, 1]), [1, 1, x.shape[3], 1]);
    return tf.depthwiseConv2d(padded as tf.Tensor4D, filter as tf.Tensor4D, 2, 'valid');
  };
  let x = tf.relu(norm(conv(image, 'conv1', 2), 'bn1'));
  x = blur(tf.maxPool(x, 2, 1, 'valid'));
  for (const block of [1, 2, 3, 4].flatMap((stage) => [`layer${stage}.0`, `layer${stage}.1`])) {
    const reduces = by.has(`${block}.downsample.0.weight`);
    const inner = tf.relu(norm(conv(x, `${block}.conv1`, 1), `${block}.bn1`));
    const outer = norm(conv(reduces ? blur(inner) : inner, `${block}.conv2`, 1), `${block}.bn2`);
    const shortcut = reduces
      ? norm(conv(blur(x), `${block}.downsample.0`, 1), `${block}.downsample.1`)
      : x;
    x = tf.relu(tf.add(outer, shortcut));
  }
  const means = tf.mean(x, [1, 2]) as tf.Tensor2D;
  return tf.add(
    tf.matMul(means, by.get('fc.weight') as tf.Tensor2D, false, true),
    by.get('fc.bias')!,
  );
}

const models: tf.LayersModel[] = [];
const made = (options: Partial<Resnet18Options> = {}) => {
  const model = resnet18({ ...TORCHVISION, ...options });
  models.push(model);
  return model;
};

beforeAll(() => useBackend('wasm'));
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
  vi.unstubAllGlobals();
});

describe('loadSafetensors of a file with torchvision names', () => {
  it.each(golden.cases)('gives its logits for $inputShape', async (one) => {
    const { inputShape, inputSeed, logits } = one;
    const model = made({ inputShape: inputShape.slice(1) as [number, number, number] });
    const { loaded, ignored } = await loadSafetensors(model, FIXTURE);
    expect(loaded).toHaveLength(102);
    expect(ignored).toHaveLength(20);
    expect(ignored.every((name) => name.endsWith('.num_batches_tracked'))).toBe(true);
    tf.tidy(() => {
      const got = model.predict(unitTensor(inputSeed, inputShape)) as tf.Tensor;
      expect(relativeError(got.dataSync(), logits.flat())).toBeLessThan(1e-5);
    });
  });

  it('takes a path, an address, and every form of bytes', async () => {
    const bytes = new Uint8Array(readFileSync(FIXTURE));
    const model = made();
    const fetched: unknown[] = [];
    vi.stubGlobal('fetch', async (url: unknown) => {
      fetched.push(url);
      return new Response(bytes);
    });
    for (const file of [
      fileURLToPath(FIXTURE),
      FIXTURE.href,
      'https://example.com/a.safetensors',
      new URL('https://example.com/b.safetensors'),
      bytes,
      bytes.buffer,
      new Blob([bytes]),
    ]) {
      model.getLayer('dense').setWeights([tf.zeros([64, 10]), tf.zeros([10])]);
      await loadSafetensors(model, file);
      expect(model.getLayer('dense').getWeights()[0]!.dataSync()[1]).not.toBe(0);
    }
    expect(fetched.map(String)).toEqual([
      'https://example.com/a.safetensors',
      'https://example.com/b.safetensors',
    ]);
  });

  it('says why a file cannot be read', async () => {
    const model = made();
    await expect(loadSafetensors(model, '/nowhere/a.safetensors')).rejects.toThrow(
      'loadSafetensors: file must be readable, got /nowhere/a.safetensors: ENOENT',
    );
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    await expect(loadSafetensors(model, 'https://example.com/a')).rejects.toThrow(
      'loadSafetensors: file must be readable, got https://example.com/a: status 404',
    );
  });

  it('needs padding as in PyTorch', async () => {
    for (const options of [
      { padding: 'same' },
      { padding: 'same', pooling: 'diffstride', stem: 'imagenet' },
    ] satisfies Partial<Resnet18Options>[]) {
      await expect(loadSafetensors(made(options), FIXTURE)).rejects.toThrow(
        /^loadSafetensors: model must pad .*, got 'same' padding in stem\..*'symmetric'/,
      );
    }
  });

  it('lists all missing and unexpected tensors, and leaves the model as it was', async () => {
    const tensors = fixtureTensors().filter(({ name }) => !/^(fc|layer1\.0\.conv1)/.test(name));
    const extra = { ...tensors[0]!, name: 'head.weight' };
    const model = made();
    const before = model.getWeights()[0]!.dataSync().slice();
    await expect(
      loadSafetensors(model, formatSafetensors([...tensors, extra], {})),
    ).rejects.toThrow(
      'loadSafetensors: file must have the tensors of the model, got none of these: ' +
        'layer1.0.conv1.weight [8,8,3,3], fc.weight [10,64], fc.bias [10]; ' +
        'and these too: head.weight [8,3,7,7]; ',
    );
    expect(model.getWeights()[0]!.dataSync()).toEqual(before);
  });

  it('names tensors of other shapes', async () => {
    await expect(loadSafetensors(made({ classes: 7 }), FIXTURE)).rejects.toThrow(
      'loadSafetensors: tensor fc.weight must have shape [7,64], got [10,64] ' +
        '(also fc.bias [10] instead of [7]); ',
    );
  });

  it('leaves out what except names, for other classes', async () => {
    const model = made({ classes: 7 });
    const before = model.getLayer('dense').getWeights()[0]!.dataSync().slice();
    const { ignored } = await loadSafetensors(model, FIXTURE, { except: ['fc'] });
    expect(ignored).toContain('fc.weight');
    expect(model.getLayer('dense').getWeights()[0]!.dataSync()).toEqual(before);
    const stem = model.getLayer('stem.conv').getWeights()[0]!;
    const { values } = fixtureTensors().find(({ name }) => name === 'conv1.weight')!;
    // [height 0, width 1, input 0, output 2] is PyTorch's [2, 0, 0, 1].
    expect(stem.dataSync()[24 + 2]).toBe(values[2 * 3 * 49 + 1]);
  });

  it('refuses a name in except that means no tensor', async () => {
    const model = made();
    const loaded = loadSafetensors(model, FIXTURE, { except: ['fc', 'layer1.0.conv'] });
    await expect(loaded).rejects.toThrow(
      /^loadSafetensors: except must name tensors .*, got 'layer1\.0\.conv' \(layer1\.0\.conv[12]/,
    );
  });

  it('leaks no tensor, also when it fails', async () => {
    const model = made();
    await loadSafetensors(model, FIXTURE);
    const before = tf.memory().numTensors;
    await loadSafetensors(model, FIXTURE);
    await expect(loadSafetensors(model, new Uint8Array(9))).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('loadSafetensors of a file of antialiased-cnns', () => {
  const ANTIALIASED: Partial<Resnet18Options> = {
    stem: 'antialiased',
    pooling: 'blur',
    poolingConfig: { filterSize: 4 },
  };

  it.each([64, 57])('gives the logits of its network for %i×%i', async (size) => {
    const model = made({ ...ANTIALIASED, inputShape: [size, size, 3] });
    const { loaded, ignored } = await loadSafetensors(
      model,
      formatSafetensors(antialiasedFile(), { format: 'pt' }),
    );
    expect(loaded).toHaveLength(102);
    expect(loaded).toContain('layer2.0.conv2.1.weight');
    expect(ignored.filter((name) => name.endsWith('.filt'))).toHaveLength(7);
    tf.tidy(() => {
      const image = unitTensor(size, [2, size, size, 3]) as tf.Tensor4D;
      const got = model.predict(image) as tf.Tensor;
      const want = antialiasedLogits(fixtureTensors(), image);
      expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(1e-5);
    });
  });

  it('needs the same blurs', async () => {
    const file = formatSafetensors(antialiasedFile(), {});
    await expect(
      loadSafetensors(made({ ...ANTIALIASED, poolingConfig: { filterSize: 3 } }), file),
    ).rejects.toThrow(
      /^loadSafetensors: model must blur as tensor maxpool.*, got filterSize 3; .*Size: 4 }$/,
    );
    await expect(loadSafetensors(made(), file)).rejects.toThrow(', got no blur there; ');
  });
});

describe('the stem of antialiased-cnns', () => {
  it('needs blurs', () => {
    expect(() => made({ stem: 'antialiased' })).toThrow(
      "resnet18: pooling must be 'blur' with stem 'antialiased', got \"conv\"",
    );
  });
});

describe('symmetric padding', () => {
  it('takes the maximum of negative values too', () => {
    const model = made({ variant: 'preact', inputShape: [10, 10, 3], strides: [1, 1, 2, 2, 2] });
    const { output: stem } = model.getLayer('stem.conv');
    const { output: pooled } = model.getLayer('stem.maxpool');
    const both = tf.model({ inputs: model.inputs, outputs: [stem, pooled] as tf.SymbolicTensor[] });
    tf.tidy(() => {
      // Negative kernels on positive pixels.
      model.getLayer('stem.conv').setWeights([tf.fill([7, 7, 3, 8], -1)]);
      const [x, y] = both.predict(tf.abs(unitTensor(3, [1, 10, 10, 3]))) as tf.Tensor4D[];
      const want = tf.maxPool(x!, 3, 2, 1);
      expect(want.shape).toEqual(y!.shape);
      expect(tf.max(want).dataSync()[0]).toBeLessThan(0);
      expect(y!.dataSync()).toEqual(want.dataSync());
    });
  });
});

describe('loadSafetensors of names of tf.layers', () => {
  it('fills another network from the file of an equal one', async () => {
    const options = { inputShape: [8, 8, 1], tasks: { word: 3 }, widths: [2, 3], strides: [2, 2] };
    const [a, b] = [1, 2].map((seed) => audioCnn({ ...options, seed } as never));
    await loadSafetensors(b!, await toSafetensors(a!));
    const values = (model: tf.LayersModel) => model.getWeights().map((w) => [...w.dataSync()]);
    expect(values(b!)).toEqual(values(a!));
    models.push(a!, b!);
  });
});
