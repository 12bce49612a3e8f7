export { measurePeak, type ProductTiles, productTiles } from '@ds/kernels/wasm';
export { measureDevicePeak } from '@ds/kernels/webgpu';
export { provideGpu } from './webgpu/dawn.js';
