import { beforeAll, describe, expect } from 'vitest';
import type { Kernel } from '../../src/kernel.js';

type AnyKernel = Pick<Kernel<never, never, never>, 'name' | 'isHere'>;

/** An implementation of the ops: composed of tfjs's own kernels, or kernels of this package. */
export interface Implementation {
  backend: 'cpu' | 'wasm' | 'webgpu';
  isKernel: boolean;
  /** What sets it apart from others of this backend. */
  form?: string;
  /** Starts the backend, with or without the kernels of these names. */
  start(names: string[]): Promise<unknown>;
  /** Whether the backend has a kernel of one of these names. */
  has(names: string[]): boolean;
}

/** Declares the tests of an op for each implementation. */
export function describeImplementations(
  kernels: AnyKernel[],
  implementations: Implementation[],
  tests: (backend: Implementation['backend'], isKernel: boolean) => void,
): void {
  const names = kernels.map(({ name }) => name);
  for (const { backend, isKernel, form = '', start, has } of implementations) {
    if (isKernel && !has(names)) continue;
    describe(`${names[0]}, ${isKernel ? 'by a kernel' : 'composed'}${form}, on ${backend}`, () => {
      beforeAll(async () => {
        await start(names);
        expect(kernels.some((kernel) => kernel.isHere())).toBe(isKernel);
      });
      tests(backend, isKernel);
    });
  }
}
