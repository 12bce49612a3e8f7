export type { KernelFiles } from '@ds/kernels/wasm';
export type { BackendName } from './backend-name.js';
export {
  type BackendInfo,
  type BackendOptions,
  useBackend,
} from './use-backend.js';
