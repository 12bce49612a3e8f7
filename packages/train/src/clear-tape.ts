import { engine, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Frees the tensors of a failed gradient. Call it after `variableGrads` has thrown. tfjs keeps the
 * tensors that ops save for the gradient, and frees them only at the end of a gradient that
 * succeeds. If an op saves a tensor and then throws, that tensor is not on the tape and is not
 * freed.
 */
export function clearTape(): void {
  const state = engine().state as {
    activeTape?: { saved: Tensor[] }[] | null;
    gradientDepth?: number;
  };
  // Within another gradient the tape also belongs to that one.
  if (state.gradientDepth !== 0) return;
  for (const { saved } of state.activeTape ?? []) for (const one of saved) one.dispose();
  state.activeTape = null;
}
