import { inSharedProcesses } from '../../vitest.shared.js';

// It loads the FFTs on vectors, which changes all transforms of its process.
export default inSharedProcesses(['test/audio/spectrogram.test.ts']);
