import { defineConfig, mergeConfig } from 'vitest/config';
import shared, { FASTEST_SIMD } from '../../vitest.shared.js';

// Tests run with the defaults of the engine, and with its fastest SIMD. In Node 20 these are the
// two variants of the kernels. The files of each share a process.
export default mergeConfig(
  shared,
  defineConfig({
    test: {
      projects: [
        { extends: true, test: { name: 'simd', isolate: false } },
        {
          extends: true,
          test: {
            name: 'relaxed-simd',
            isolate: false,
            execArgv: FASTEST_SIMD,
            env: { DS_TEST_BACKENDS: 'wasm' },
          },
        },
      ],
    },
  }),
);
