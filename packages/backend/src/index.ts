export { measurePeak } from './measure-peak.js';
export {
  type BackendInfo,
  type BackendName,
  type BackendOptions,
  useBackend,
} from './use-backend.js';
export { provideGpu } from './webgpu/dawn.js';
export { measureDevicePeak } from './webgpu/measure-device-peak.js';
