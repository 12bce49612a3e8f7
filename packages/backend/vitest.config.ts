import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../../vitest.shared.js';

// Tests run on both variants of the kernels. Node 20 needs this flag for relaxed SIMD.
const RELAXED_SIMD = '--experimental-wasm-relaxed-simd';

export default mergeConfig(
  shared,
  defineConfig({
    test: {
      projects: [
        { extends: true, test: { name: 'simd' } },
        {
          extends: true,
          test: {
            name: 'relaxed-simd',
            execArgv: [RELAXED_SIMD],
            // Other backends, and kernels without multiply-adds, do not depend on the variant. They
            // run once.
            env: { DS_TEST_BACKENDS: 'wasm' },
            exclude: [
              'test/activations.test.ts',
              'test/browser.test.ts',
              'test/composed-kernels.test.ts',
              'test/copy.test.ts',
              'test/dilation2d.test.ts',
              'test/empty-reductions.test.ts',
              'test/gather.test.ts',
              'test/identity.test.ts',
              'test/op-sweep.test.ts',
              'test/out-of-memory.test.ts',
              'test/region-max.test.ts',
              'test/repairs/*.test.ts',
              'test/replacement-stack.test.ts',
              'test/sum.test.ts',
              'test/tfjs-changes.test.ts',
              'test/use-backend-at-once.test.ts',
              'test/webgpu-*.test.ts',
            ],
          },
        },
      ],
    },
  }),
);
