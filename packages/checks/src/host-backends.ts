/**
 * Names of the backends of tfjs that keep tensors in the host's memory. There a read of a tensor
 * waits for nothing, and the loops of a function may take its values. On other backends a read
 * waits for the device.
 */
export const HOST_BACKENDS: readonly string[] = ['cpu', 'wasm', 'tensorflow'];
