import {
  type GradConfig,
  type GradFunc,
  getGradient,
  registerGradient,
  unregisterGradient,
} from '@tensorflow/tfjs-core';
import { ReplacementStack } from './replacement-stack.js';

const stacks = new Map<string, ReplacementStack<GradConfig>>();

function stackOf(kernelName: string): ReplacementStack<GradConfig> {
  const known = stacks.get(kernelName);
  if (known) return known;
  const read = () => getGradient(kernelName) as GradConfig | undefined;
  const write = (config: GradConfig | undefined) => {
    if (read()) unregisterGradient(kernelName);
    if (config) registerGradient(config);
  };
  const made = new ReplacementStack(read, write);
  stacks.set(kernelName, made);
  return made;
}

/**
 * Puts another function in the place of a kernel's gradient, on every backend, for the change that is being made. `make` gets tfjs's own.
 * Does nothing where the program has not imported tfjs's gradients.
 */
export function replaceGradient(
  kernelName: string,
  make: (original: GradConfig) => GradFunc,
): void {
  if (!getGradient(kernelName)) return;
  stackOf(kernelName).put((below) => below && { ...below, gradFunc: make(below) });
}

/** Gives a kernel that tfjs does not have its gradient, for the change that is being made. */
export function addGradient(gradient: GradConfig): void {
  stackOf(gradient.kernelName).put(() => gradient);
}

/** Gives the places that a change took back to what was there before. */
export function takeBackGradients(change: string): void {
  for (const stack of stacks.values()) stack.take(change);
}
