import { HOST_BACKENDS } from '@ds/testing/backends';
import { describe } from 'vitest';
import { describeConv3d } from './conv3d-cases.js';

describe.each(HOST_BACKENDS)('3-D convolutions on %s', describeConv3d);
