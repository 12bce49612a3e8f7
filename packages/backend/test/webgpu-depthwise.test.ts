import { lacksWebGpu } from '@ds/testing/backends';
import { describe } from 'vitest';
import { describeDepthwise } from './depthwise-cases.js';

describe.skipIf(lacksWebGpu)('depthwise convolutions on webgpu', () => describeDepthwise('webgpu'));
