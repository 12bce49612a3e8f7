import { existsSync } from 'node:fs';

/** The software GPU that Debian's Chromium ships. */
const SOFTWARE_GPU = '/usr/lib/chromium/vk_swiftshader_icd.json';

const hasSoftwareGpu = existsSync(SOFTWARE_GPU);
// The Vulkan loader reads this when the first adapter is requested.
if (hasSoftwareGpu) process.env.VK_ICD_FILENAMES ??= SOFTWARE_GPU;

/** Whether WebGPU tests are skipped: there is no software GPU, and DS_WEBGPU is not 1. */
export const lacksWebGpu = !hasSoftwareGpu && process.env.DS_WEBGPU !== '1';

/** The backends to test, such as `wasm` or `cpu,wasm`. All of them if unset. */
const wanted = process.env.DS_TEST_BACKENDS?.split(',');

/** The backends that the tests run on in Node. */
export const BACKENDS = (['cpu', 'wasm', 'webgpu'] as const).filter(
  (name) => !(name === 'webgpu' && lacksWebGpu) && (wanted?.includes(name) ?? true),
);

/** The tested backends that compute on the host. */
export const HOST_BACKENDS = BACKENDS.filter((name) => name !== 'webgpu');
