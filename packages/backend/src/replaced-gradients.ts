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
 * Replaces the gradient of a kernel on every backend, for the change in progress. `make` receives
 * the gradient below: tfjs's own, or that of an earlier change. If the program has not imported
 * tfjs's gradients, nothing happens.
 */
export function replaceGradient(
  kernelName: string,
  make: (original: GradConfig) => GradFunc,
): void {
  if (!getGradient(kernelName)) return;
  stackOf(kernelName).put((below) => below && { ...below, gradFunc: make(below) });
}

/** Reverts the gradients of a change, and restores the earlier ones. */
export function takeBackGradients(change: string): void {
  for (const stack of stacks.values()) stack.take(change);
}
