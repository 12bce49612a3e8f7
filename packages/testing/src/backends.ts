import { existsSync } from 'node:fs';

/** The software GPU that Debian's Chromium ships. */
const SOFTWARE_GPU = '/usr/lib/chromium/vk_swiftshader_icd.json';

const hasSoftwareGpu = existsSync(SOFTWARE_GPU);
// Read by the Vulkan loader when the first adapter is asked for.
if (hasSoftwareGpu) process.env.VK_ICD_FILENAMES ??= SOFTWARE_GPU;

/** A reader may have no GPU, not even one in software; with DS_WEBGPU=1 there must be one. */
export const lacksWebGpu = !hasSoftwareGpu && process.env.DS_WEBGPU !== '1';

/** Names of backends, `wasm` or `cpu,wasm`: a second run of the same tests leaves the others out. */
const wanted = process.env.DS_TEST_BACKENDS?.split(',');

/** The backends that what the packages compute is tested on, in Node. */
export const BACKENDS = (['cpu', 'wasm', 'webgpu'] as const).filter(
  (name) => !(name === 'webgpu' && lacksWebGpu) && (wanted?.includes(name) ?? true),
);

/** Those of them that compute on the host. */
export const HOST_BACKENDS = BACKENDS.filter((name) => name !== 'webgpu');
