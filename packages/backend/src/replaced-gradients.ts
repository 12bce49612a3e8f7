import {
  type GradConfig,
  type GradFunc,
  getGradient,
  registerGradient,
  unregisterGradient,
} from '@tensorflow/tfjs-core';

const replaced = new Set<string>();

/**
 * Puts another function in the place of an op's gradient, on every backend and once in a process. `make` gets tfjs's own.
 * Does nothing where the program has not imported tfjs's gradients.
 */
export function replaceGradient(
  kernelName: string,
  make: (original: GradConfig) => GradFunc,
): void {
  const original = getGradient(kernelName);
  if (!original || replaced.has(kernelName)) return;
  replaced.add(kernelName);
  unregisterGradient(kernelName);
  registerGradient({ ...original, gradFunc: make(original) });
}
