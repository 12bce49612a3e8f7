/** The backends of {@link useBackend}. `'tensorflow'` is tfjs-node's native library. */
export type BackendName = 'wasm' | 'webgpu' | 'cpu' | 'webgl' | 'tensorflow';
