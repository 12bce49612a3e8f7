import { defineConfig, mergeConfig } from 'vitest/config';
import { ALL, common, FASTEST_SIMD } from '../../vitest.shared.js';

/**
 * Files that only choose backends. They share processes, which saves a start and the imports of
 * tfjs for each file. All other files change the backends of their process, or its state, for good.
 */
const TOGETHER = [
  'test/activations.test.ts',
  'test/batch-norm.test.ts',
  'test/browser.test.ts',
  'test/conv3d.test.ts',
  'test/cpu-filter-gradient.test.ts',
  'test/depthwise.test.ts',
  'test/dilation2d.test.ts',
  'test/empty-reductions.test.ts',
  'test/fused-batch-norm.test.ts',
  'test/fused-convolution.test.ts',
  'test/gather.test.ts',
  'test/gradients/*.test.ts',
  'test/identity.test.ts',
  'test/integer-pooling.test.ts',
  'test/integer-reductions.test.ts',
  'test/layers/*.test.ts',
  'test/matrix-products.test.ts',
  'test/measure-peak.test.ts',
  'test/mobile-net.test.ts',
  'test/op-sweep.test.ts',
  'test/repairs/*.test.ts',
  'test/replacements/*.test.ts',
  'test/simd-kernels.test.ts',
  'test/sum.test.ts',
  'test/wasm-kernels.test.ts',
  'test/webgpu-cast.test.ts',
  'test/webgpu-conformance.test.ts',
  'test/webgpu-convolutions.test.ts',
  'test/webgpu-gather.test.ts',
  'test/webgpu-half-storage.test.ts',
  'test/webgpu-kernels.test.ts',
  'test/webgpu-process.test.ts',
  'test/winograd.test.ts',
];

/** Files of other backends, and of kernels without multiply-adds. */
const ANY_VARIANT = [
  'test/activations.test.ts',
  'test/browser.test.ts',
  'test/composed-kernels.test.ts',
  'test/copy.test.ts',
  'test/cpu-filter-gradient.test.ts',
  'test/default-layer-names.test.ts',
  'test/dilation2d.test.ts',
  'test/empty-reductions.test.ts',
  'test/gather.test.ts',
  'test/identity.test.ts',
  'test/integer-pooling.test.ts',
  'test/integer-reductions.test.ts',
  'test/op-sweep.test.ts',
  'test/out-of-memory.test.ts',
  'test/region-max.test.ts',
  'test/repairs/*.test.ts',
  'test/replacements/*.test.ts',
  'test/sum.test.ts',
  'test/tfjs-changes.test.ts',
  'test/use-backend-at-once.test.ts',
  'test/webgpu-*.test.ts',
];

const together = { include: TOGETHER, isolate: false };
const alone = { include: ALL, exclude: TOGETHER };
const relaxed = {
  execArgv: FASTEST_SIMD,
  // Other backends, and kernels without multiply-adds, do not depend on the variant. They run once.
  env: { DS_TEST_BACKENDS: 'wasm' },
};

// Tests run with the defaults of the engine, and with its fastest SIMD. In Node 20 these are the
// two variants of the kernels.
export default mergeConfig(
  common,
  defineConfig({
    test: {
      projects: [
        { extends: true, test: { name: 'simd', ...alone } },
        { extends: true, test: { name: 'simd together', ...together } },
        {
          extends: true,
          test: {
            name: 'relaxed-simd',
            ...relaxed,
            include: ALL,
            exclude: [...TOGETHER, ...ANY_VARIANT],
          },
        },
        {
          extends: true,
          test: { name: 'relaxed-simd together', ...relaxed, ...together, exclude: ANY_VARIANT },
        },
      ],
    },
  }),
);
