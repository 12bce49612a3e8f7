import { describe } from 'vitest';
import { describeDepthwise } from './depthwise-cases.js';

describe.each(['cpu', 'wasm'] as const)('depthwise convolutions on %s', describeDepthwise);
