/** The backends a page can have. */
export const PAGE_BACKENDS = ['wasm', 'webgl', 'webgpu'] as const;
export type PageBackend = (typeof PAGE_BACKENDS)[number];

/** The names of the backends for readers. */
export const BACKEND_NAMES: Record<PageBackend, string> = {
  wasm: 'WebAssembly',
  webgl: 'WebGL',
  webgpu: 'WebGPU',
};
