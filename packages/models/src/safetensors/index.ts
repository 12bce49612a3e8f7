export {
  type LoadedTensors,
  type LoadSafetensorsOptions,
  loadSafetensors,
} from './load-safetensors.js';
export type { SafetensorsSource } from './read-bytes.js';
export { saveSafetensors } from './save-safetensors.js';
export { type ToSafetensorsOptions, toSafetensors } from './to-safetensors.js';
