import { mergeConfig } from 'vitest/config';
import shared from '../../vitest.shared.js';

// Networks train on a GPU in software here, which takes its time on a busy machine.
export default mergeConfig(shared, { test: { testTimeout: 180_000 } });
