import type { WebGpuBackend } from '@ds/kernels/webgpu';

const ADVICE =
  'Its tensors are gone: start again from the last checkpoint. Usual causes: a batch too large for its memory, a driver that restarted';

/** The backends that are watched, and whether they report their loss. */
const watched = new WeakMap<WebGpuBackend, { isOn: boolean }>();

/**
 * Lets computing and reading fail with a reason after the loss of a GPU. WebGPU itself goes on
 * silently: a read never ends, or gives zeros. Switched off, a loss that is still to come changes
 * nothing.
 */
export function reportDeviceLoss(backend: WebGpuBackend, isOn: boolean): void {
  const known = watched.get(backend);
  if (known) {
    known.isOn = isOn;
    return;
  }
  if (!isOn) return;
  const state = { isOn };
  watched.set(backend, state);
  void backend.device.lost.then(({ reason, message }) => {
    if (!state.isOn) return;
    const fail = () => {
      throw new Error(`webgpu: the GPU was lost (${reason}: ${message}). ${ADVICE}.`);
    };
    backend.runWebGPUProgram = fail;
    backend.uploadToGPU = fail;
    backend.readSync = fail;
    backend.read = async () => fail();
  });
}
