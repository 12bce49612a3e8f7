export { measurePeak } from '@ds/kernels/wasm';
export { measureDevicePeak } from '@ds/kernels/webgpu';
export {
  type BackendInfo,
  type BackendName,
  type BackendOptions,
  useBackend,
} from './use-backend.js';
export { provideGpu } from './webgpu/dawn.js';
