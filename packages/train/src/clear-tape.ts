import { engine, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Frees what a failed gradient leaves behind. Call it after `variableGrads` has thrown. tfjs keeps
 * the tensors that ops save for the gradient, and frees them only at the end of a gradient that
 * succeeds. What an op saves and then throws itself is not on the tape, and stays.
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
