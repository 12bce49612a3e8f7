import type { WebGpuBackend } from '@ds/kernels/webgpu';
import { type DataId, type TypedArray, util } from '@tensorflow/tfjs-core';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';
import { waitForDawn } from './dawn.js';

/** Milliseconds without an answer after which a synchronous read throws. */
const PATIENCE = 60_000;

/** The backends with a replaced read, and whether it is in use. */
const replaced = new WeakMap<WebGpuBackend, { isOn: boolean }>();

/**
 * Makes `dataSync` work in Node. tfjs would read through a canvas, which Node does not have. Here a
 * copy of the buffer is mapped, and Dawn is polled until the mapping is done. It waits for all
 * queued work, so a training step should not call it.
 */
export function readSynchronously(backend: WebGpuBackend): void {
  const state = replaced.get(backend) ?? { isOn: true };
  state.isOn = true;
  replaced.set(backend, state);
  const reading = (below: WebGpuBackend['readSync']) =>
    function (this: WebGpuBackend, dataId: DataId) {
      if (!state.isOn) return below.call(this, dataId);
      const data = this.tensorMap.get(dataId);
      if (data.values != null || data.dtype === 'complex64' || data.dtype === 'string') {
        return below.call(this, dataId);
      }
      const { size } = data.resource as GPUBuffer;
      const staging = this.device.createBuffer({
        size,
        usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
      });
      this.ensureCommandEncoderReady();
      this.endComputePassEncoder();
      this.commandEncoder!.copyBufferToBuffer(data.resource as GPUBuffer, 0, staging, 0, size);
      this.submitQueue();
      let failure: unknown = null;
      staging.mapAsync(GPUMapMode.READ).catch((error) => {
        failure = error;
      });
      let bytes: ArrayBuffer;
      try {
        waitForDawn(this.queue, () => staging.mapState === 'pending', PATIENCE);
        if (staging.mapState !== 'mapped') {
          throw new Error('dataSync: the GPU did not answer; await data() instead', {
            cause: failure,
          });
        }
        bytes = staging.getMappedRange().slice(0);
      } finally {
        staging.destroy();
      }
      const values = util.convertBackendValuesAndArrayBuffer(bytes, data.dtype) as TypedArray;
      data.values = values;
      return values;
    };
  replaceMethod(backend, 'readSync', reading);
}

/** Restores tfjs's own read on a backend. */
export function readAsTfjs(backend: WebGpuBackend): void {
  const state = replaced.get(backend);
  // Methods that were put over it still call it. They find it switched off.
  if (state) state.isOn = false;
  takeBackMethods(backend, 'webgpu/dataSync');
}
