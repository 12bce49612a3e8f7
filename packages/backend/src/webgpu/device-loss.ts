import type { WebGpuBackend } from '@ds/kernels/webgpu';

const ADVICE =
  'Its tensors are lost. Restart from the last checkpoint. ' +
  'Usual causes: a batch too large for its memory, or a driver that restarted';

/** The watched backends, and whether they report a loss. */
const watched = new WeakMap<WebGpuBackend, { isOn: boolean }>();

/**
 * Makes computations and reads throw after the loss of a GPU. WebGPU itself continues silently: a
 * read never ends, or returns zeros. If switched off before a loss, it has no effect.
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
