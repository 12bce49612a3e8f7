export { measurePeak } from './measure-peak.js';
export { provideGpu } from './webgpu/dawn.js';
export { measureDevicePeak } from './webgpu/measure-device-peak.js';
