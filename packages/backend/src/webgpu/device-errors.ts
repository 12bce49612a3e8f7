import type { WebGpuBackend } from '@ds/kernels/webgpu';
import type { DataId } from '@tensorflow/tfjs-core';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';

/** An error of a device, until a read reports it. */
interface Watch {
  isOn: boolean;
  refused: string | null;
  /** Tensors that must not be read, with the reason. */
  spoilt: WeakMap<DataId, string>;
}

const watched = new WeakMap<WebGpuBackend, Watch>();

function watch(backend: WebGpuBackend): Watch {
  const state: Watch = { isOn: false, refused: null, spoilt: new WeakMap() };
  backend.device.addEventListener('uncapturederror', ({ error }) => {
    // Later errors follow from the first, and are less specific.
    if (state.isOn) state.refused ??= error.message;
  });
  watched.set(backend, state);
  return state;
}

/**
 * Makes the next read throw after a device error: a program that does not compile, or buffers that
 * are too many or too large. WebGPU itself only sends an event, and the output keeps old values.
 * Later reads of other tensors work again. If switched off, reads are unchanged.
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
      'webgpu: the device refused a computation, ' +
        `so the values that were read are wrong: ${message}`,
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
