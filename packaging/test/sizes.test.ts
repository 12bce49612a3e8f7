import { describe, expect, it } from 'vitest';
import { entrySize } from '../src/entry-size.js';
import { entriesOf, publishedPackages } from '../src/published-packages.js';

/**
 * The maximum size of each entry in KiB, compressed and without tfjs. Argument checks take one or
 * two KiB of it.
 */
const BUDGETS: Record<string, number> = {
  // The initial part only. Kernels and GPU programs load with the chosen backend. Includes the
  // checks of `kernels`, and the advice on `setWasmPaths`.
  '@ds/backend': 4,
  // Includes the repairs of integers and booleans, of indices outside a tensor, of the gradients of
  // resizing, of dilated layers, and of normalisation layers.
  '@ds/backend/changes': 32.9,
  // Includes the choice of the tiles of products.
  '@ds/backend/diagnostics': 3.1,
  // Includes the reader of WebAssembly modules, and the check of their build.
  '@ds/checks': 2.3,
  '@ds/data': 62.7,
  // Includes the consistency checks of WAV headers, and windows of sounds of any length.
  '@ds/data/audio': 13.4,
  '@ds/data/batches': 3.5,
  '@ds/data/mel-layer': 12,
  // Includes the schema of ONNX with its serializer, and the op of fractional pooling.
  '@ds/export': 36.8,
  // Plans include the checks of the values that they read, of arrays that keep fractions, and of
  // arrays that share memory.
  '@ds/fft': 10,
  '@ds/fft/plan': 7,
  // Includes the plans of `@ds/fft/plan`. The module itself is 17 KiB more.
  '@ds/fft/simd': 9,
  // Includes `watchLayers`, and the checks of input shapes and of a pooling's matrices.
  '@ds/graph': 3.9,
  // Includes the ops of one to three axes, matrices of which only some masks are learned, and the
  // bound of the bins on a ramp.
  '@ds/kernels': 7.2,
  // Includes the windows of poolings, cut to the image.
  '@ds/kernels/tfjs': 5.2,
  '@ds/kernels/wasm': 19.3,
  // Includes the projections on the waves of the ramps, and transposes and reductions of integers.
  '@ds/kernels/webgpu': 20.7,
  // Includes the poolings of sound and volumes, Kaiser filters, layers with learned sizes, six
  // upsamplings, the gradient of strides on the ramp, and the plans of `@ds/fft`.
  '@ds/layers': 47.3,
  '@ds/layers/ops': 28.9,
  '@ds/layers/prepared': 10.6,
  '@ds/layers/testing': 39.7,
  '@ds/masks': 6.9,
  '@ds/masks/ops': 5.2,
  // Includes five networks and the upsamplings of one, three forms of a frozen pooling, the stock
  // layers of every other one, the report of what rounding costs, and the swap of poolings into any
  // model. Checks the copies of custom layers.
  '@ds/models': 67.9,
  // Includes the check of a SHA-256.
  '@ds/models/safetensors': 5.5,
  '@ds/regularizer': 1.5,
  // Includes parts of `@ds/graph`, a message for each option, the contracts of its kernels, the
  // metrics of several labels, the check of labels before each step, and what frees a failed step.
  '@ds/train': 15.8,
  // Includes the check of a state before it is saved.
  '@ds/train/checkpoints': 4,
  '@ds/train/replicas': 2.9,
  // Includes `@ds/models`, a card for each network, and the registration of every layer class, so
  // that saved models load. The front end of sounds loads when needed.
  '@ds/weights': 53.9,
};

/**
 * The maximum size of lazily loaded parts in KiB: kernels, the reader of their file, GPU programs
 * and repairs of tfjs, the front end of sounds, optional peers.
 */
const LATER: Record<string, number> = {
  // Includes the choice between our matrix product and XNNPACK's.
  '@ds/backend': 53.6,
  // Includes the GPU program that limits integers.
  '@ds/backend/changes': 17.6,
  // The decoders of sounds, and the reader of images. A speech model, which no file needs, is 2,750
  // KiB of it.
  '@ds/data': 2920,
  // The front end of sounds, and the probabilities of their classes.
  '@ds/weights': 3.9,
};

const entries = new Map(publishedPackages().flatMap((one) => [...entriesOf(one)]));

describe('the size of', () => {
  it('every entry has a budget', () => {
    expect([...entries.keys()].sort()).toEqual(Object.keys(BUDGETS).sort());
  });

  it.each([...entries])('%s', async (name, file) => {
    const { whole, initial } = await entrySize(file);
    const [size, later] = [initial, whole - initial].map((bytes) => bytes / 1024) as [
      number,
      number,
    ];
    const more = later > 0 ? `, ${later.toFixed(1)} KiB when asked for` : '';
    console.log(`${name}: ${size.toFixed(1)} KiB${more}`);
    expect(size).toBeGreaterThan(0.2);
    expect(size).toBeLessThanOrEqual(BUDGETS[name]!);
    expect(later).toBeLessThanOrEqual(LATER[name] ?? BUDGETS[name]! - size);
  });
});
