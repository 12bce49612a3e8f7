import {
  type GradConfig,
  type GradFunc,
  getGradient,
  registerGradient,
  type Tensor,
  unregisterGradient,
} from '@tensorflow/tfjs-core';
import { ReplacementStack } from './stack.js';

/** The function of a gradient, for a kernel with these attributes. */
export type GradFuncOf<Attributes> = (
  dy: Tensor | Tensor[],
  saved: Tensor[],
  attrs: Attributes,
) => ReturnType<GradFunc>;

interface Gradient<Attributes> {
  gradFunc: GradFuncOf<Attributes>;
}

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
 * tfjs's gradients, nothing happens. `Attributes` is the type of the kernel's attributes, which
 * tfjs passes as an untyped map.
 */
export function replaceGradient<Attributes>(
  kernelName: string,
  make: (original: Gradient<Attributes>) => GradFuncOf<Attributes>,
): void {
  if (!getGradient(kernelName)) return;
  stackOf(kernelName).put(
    (below) => below && { ...below, gradFunc: make(below as Gradient<Attributes>) as GradFunc },
  );
}

/** Reverts the gradients of a change, and restores the earlier ones. */
export function takeBackGradients(change: string): void {
  for (const stack of stacks.values()) stack.take(change);
}
