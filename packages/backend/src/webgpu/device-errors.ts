import type { DataId } from '@tensorflow/tfjs-core';
import { replaceMethod, takeBackMethods } from '../replaced-methods.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/** What a device refused, until a read has told of it. */
interface Watch {
  isOn: boolean;
  refused: string | null;
  /** Tensors that must not be read, and why. */
  spoilt: WeakMap<DataId, string>;
}

const watched = new WeakMap<WebGpuBackend, Watch>();

function watch(backend: WebGpuBackend): Watch {
  const state: Watch = { isOn: false, refused: null, spoilt: new WeakMap() };
  backend.device.addEventListener('uncapturederror', ({ error }) => {
    // What follows from the first says less.
    if (state.isOn) state.refused ??= error.message;
  });
  watched.set(backend, state);
  return state;
}

/**
 * Lets the next read fail after the device refused something: a program that it cannot compile, a buffer too many or too large. WebGPU
 * itself only says so aside, and what should have been written keeps the values of whatever lay there before. Later reads of other
 * tensors work again. Switched off, reads are what they were.
 */
export function reportDeviceErrors(backend: WebGpuBackend, isOn: boolean): void {
  const state = watched.get(backend) ?? watch(backend);
  state.isOn = isOn;
  if (!isOn) {
    takeBackMethods(backend, 'webgpu/device-errors');
    return;
  }
  const check = (id: DataId) => {
    if (!state.isOn) return;
    if (state.refused !== null) state.spoilt.set(id, state.refused);
    state.refused = null;
    const message = state.spoilt.get(id);
    if (message === undefined) return;
    throw new Error(
      `webgpu: the device refused what it was asked to compute, so what was read is wrong: ${message}`,
    );
  };
  replaceMethod(
    backend,
    'readSync',
    (below) =>
      function (this: WebGpuBackend, id) {
        const values = below.call(this, id);
        check(id);
        return values;
      },
  );
  replaceMethod(
    backend,
    'read',
    (below) =>
      async function (this: WebGpuBackend, id) {
        const values = await below.call(this, id);
        check(id);
        return values;
      },
  );
}
