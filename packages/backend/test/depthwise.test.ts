import { HOST_BACKENDS } from '@ds/testing/backends';
import { describe } from 'vitest';
import { describeDepthwise } from './depthwise-cases.js';

describe.each(HOST_BACKENDS)('depthwise convolutions on %s', describeDepthwise);
