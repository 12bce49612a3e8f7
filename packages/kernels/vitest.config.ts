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
            env: { DS_TEST_BACKENDS: 'wasm' },
          },
        },
      ],
    },
  }),
);
