import { describe } from 'vitest';
import { describeConv3d } from './conv3d-cases.js';

describe.each(['cpu', 'wasm'] as const)('3-D convolutions on %s', describeConv3d);
