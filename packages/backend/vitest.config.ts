import { defineConfig, mergeConfig } from 'vitest/config';
import shared, { FASTEST_SIMD } from '../../vitest.shared.js';

// Tests run with the defaults of the engine, and with its fastest SIMD. In Node 20 these are the two
// variants of the kernels.
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
            execArgv: FASTEST_SIMD,
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
