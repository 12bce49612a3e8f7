import type { WebGpuBackend } from './webgpu-backend.js';

const ADVICE =
  'Tensors on it are gone: start again from the last checkpoint. A batch too large for its memory and a driver that was restarted are the usual causes';

/**
 * Lets whatever is computed or read after the loss of a GPU fail with a reason: WebGPU itself goes on silently, and a read never
 * ends or gives zeros.
 */
export function reportDeviceLoss(backend: WebGpuBackend): void {
  void backend.device.lost.then(({ reason, message }) => {
    const fail = () => {
      const why = [reason === 'unknown' ? '' : reason, message].filter(Boolean).join(': ');
      throw new Error(`webgpu: the GPU was lost${why ? ` (${why})` : ''}. ${ADVICE}.`);
    };
    backend.runWebGPUProgram = fail;
    backend.uploadToGPU = fail;
    backend.readSync = fail;
    backend.read = async () => fail();
  });
}
