import type { DataId } from '@tensorflow/tfjs-core';
import type { WebGpuBackend } from './webgpu-backend.js';

/** Backends that are watched, and whether they report errors. */
const watched = new WeakMap<WebGpuBackend, { isOn: boolean }>();

/**
 * Lets the next read fail after the device refused something: a program that it cannot compile, a buffer too many or too large. WebGPU
 * itself only says so aside, and what should have been written keeps the values of whatever lay there before. Later reads of other
 * tensors work again. Switched off, reads are what they were.
 */
export function reportDeviceErrors(backend: WebGpuBackend, isOn: boolean): void {
  const known = watched.get(backend);
  if (known) {
    known.isOn = isOn;
    return;
  }
  if (!isOn) return;
  const state = { isOn };
  watched.set(backend, state);
  const { read, readSync } = backend;
  const spoilt = new WeakMap<DataId, string>();
  let refused: string | null = null;
  backend.device.addEventListener('uncapturederror', ({ error }) => {
    // What follows from the first says less.
    if (state.isOn) refused ??= error.message;
  });
  const check = (id: DataId) => {
    if (refused !== null) spoilt.set(id, refused);
    refused = null;
    const message = spoilt.get(id);
    if (message === undefined || !state.isOn) return;
    throw new Error(
      `webgpu: the device refused what it was asked to compute, so what was read is wrong: ${message}`,
    );
  };
  backend.readSync = function (this: WebGpuBackend, id) {
    const values = readSync.call(this, id);
    check(id);
    return values;
  };
  backend.read = async function (this: WebGpuBackend, id) {
    const values = await read.call(this, id);
    check(id);
    return values;
  };
}
