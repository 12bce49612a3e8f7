/**
 * The tfjs backends that keep tensors in host memory. There, code reads a tensor's values without
 * waiting, and can loop over them. On other backends a read waits for the device.
 */
export const HOST_BACKENDS: readonly string[] = ['cpu', 'wasm', 'tensorflow'];
