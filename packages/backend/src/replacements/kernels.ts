import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { ReplacementStack } from './stack.js';

/** The stacks by backend and kernel name. Names stay in the order of their registration. */
const stacks = new Map<string, Map<string, ReplacementStack<KernelConfig>>>();

function stackOf(backendName: string, kernelName: string): ReplacementStack<KernelConfig> {
  const ofBackend = stacks.get(backendName) ?? new Map<string, ReplacementStack<KernelConfig>>();
  stacks.set(backendName, ofBackend);
  const known = ofBackend.get(kernelName);
  if (known) return known;
  const read = () => getKernel(kernelName, backendName) as KernelConfig | undefined;
  const write = (config: KernelConfig | undefined) => {
    if (read()) unregisterKernel(kernelName, backendName);
    if (config) registerKernel(config);
  };
  const made = new ReplacementStack(read, write);
  ofBackend.set(kernelName, made);
  return made;
}

/** Registers kernels on a backend, for the change in progress. */
export function registerKernels(backendName: string, kernels: readonly BackendKernel[]): void {
  for (const { kernelName, isWrapper, make } of kernels) {
    stackOf(backendName, kernelName).put((below) => {
      if (isWrapper && !below) return undefined;
      const kernelFunc = make(below?.kernelFunc) as KernelFunc;
      return { ...below, kernelName, backendName, kernelFunc };
    });
  }
}

/** Reverts the kernels of a change on a backend, and restores the earlier ones. */
export function takeBackKernels(backendName: string, change: string): void {
  for (const stack of stacks.get(backendName)?.values() ?? []) stack.take(change);
}

/** Whether a change's kernel of this name is registered. */
export function isReplaced(backendName: string, kernelName: string, change: string): boolean {
  return stacks.get(backendName)?.get(kernelName)?.owners().includes(change) ?? false;
}

/**
 * Returns the kernels that the changes of a backend have registered there. `added` lists those that
 * the backend did not have, `replaced` those that replace tfjs's.
 */
export function replacedKernels(backendName: string): { added: string[]; replaced: string[] } {
  const ours = [...(stacks.get(backendName) ?? [])].filter(([, stack]) =>
    stack.owners().some((change) => change.startsWith(`${backendName}/`)),
  );
  const names = (hadOne: boolean) =>
    ours.filter(([, stack]) => stack.hadOne === hadOne).map(([name]) => name);
  return { added: names(false), replaced: names(true) };
}
