import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../../vitest.shared.js';

// Both variants of the kernels: Node 20 has relaxed SIMD behind this flag, later ones without it.
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
