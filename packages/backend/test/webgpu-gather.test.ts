import { lacksWebGpu } from '@ds/testing/backends';
import { describe } from 'vitest';
import { describeGather } from './gather-cases.js';

describe.skipIf(lacksWebGpu)('gather on webgpu', () => describeGather('webgpu'));
