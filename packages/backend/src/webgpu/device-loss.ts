import type { WebGpuBackend } from './webgpu-backend.js';

const ADVICE =
  'Its tensors are gone: start again from the last checkpoint. Usual causes: a batch too large for its memory, a driver that restarted';

/**
 * Lets whatever is computed or read after the loss of a GPU fail with a reason: WebGPU itself goes on silently, and a read never
 * ends or gives zeros.
 */
export function reportDeviceLoss(backend: WebGpuBackend): void {
  void backend.device.lost.then(({ reason, message }) => {
    const fail = () => {
      throw new Error(`webgpu: the GPU was lost (${reason}: ${message}). ${ADVICE}.`);
    };
    backend.runWebGPUProgram = fail;
    backend.uploadToGPU = fail;
    backend.readSync = fail;
    backend.read = async () => fail();
  });
}
