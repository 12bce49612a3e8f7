export { classifySound, type HeardTask, type SoundInput } from './classify-sound.js';
export { classifyWindows, type HeardWindow, type WindowOptions } from './classify-windows.js';
export { type MelOptions, melFilterbank } from './mel-filterbank.js';
export { type HeardEvent, type MergeOptions, mergeWindows } from './merge-windows.js';
export { resampleSound } from './resample-sound.js';
export { type SpecAugment, specAugment } from './spec-augment.js';
export { Spectrogram, type SpectrogramOptions, SpectrogramStream } from './spectrogram.js';
export { decodeWav, type Sound, toMono } from './wav.js';
