import { lacksWebGpu } from '@ds/testing/backends';
import { describe } from 'vitest';
import { describeConv3d } from './conv3d-cases.js';

describe.skipIf(lacksWebGpu)('3-D convolutions on webgpu', () => describeConv3d('webgpu'));
