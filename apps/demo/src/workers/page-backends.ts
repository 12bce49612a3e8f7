/** The backends a page can have. */
export const PAGE_BACKENDS = ['wasm', 'webgl', 'webgpu'] as const;
export type PageBackend = (typeof PAGE_BACKENDS)[number];
