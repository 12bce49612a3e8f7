import { lacksWebGpu } from '@ds/testing/backends';
import { it } from 'vitest';
import { expectTrainsAsOnCpu } from './mobile-net-training.js';

it.skipIf(lacksWebGpu)('a small MobileNet trains on webgpu as on cpu', () =>
  expectTrainsAsOnCpu('webgpu'),
);
