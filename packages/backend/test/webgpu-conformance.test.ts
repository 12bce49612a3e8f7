import { lacksWebGpu } from '@ds/testing/backends';
import { describe } from 'vitest';
import { conformanceTests } from '../../kernels/test/conformance/every-op.js';
import { tfjsChanges } from '../src/changes.js';
import { useBackend } from '../src/index.js';

/** The changes that register kernels of these names. */
const changesOf = (names: string[]) =>
  tfjsChanges
    .filter(({ changes }) => names.some((name) => changes.includes(`kernel webgpu/${name}`)))
    .map(({ name }) => name);

describe.skipIf(lacksWebGpu)('the ops of @ds/kernels', () => {
  conformanceTests([
    {
      backend: 'webgpu',
      isKernel: false,
      has: () => false,
      start: (names) => useBackend('webgpu', { without: changesOf(names) }),
    },
    {
      backend: 'webgpu',
      isKernel: true,
      has: (names) => changesOf(names).length > 0,
      start: () => useBackend('webgpu'),
    },
  ]);
});
