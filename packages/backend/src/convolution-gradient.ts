import { Kernel } from '@ds/kernels';
import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { replaceGradient } from './replaced-gradients.js';
import { isReplaced } from './replaced-kernels.js';

/** A convolution, and its two gradient kernels. */
interface Convolution {
  op: string;
  input: string;
  filter: string;
  /** The changes that register them, without the backend's name. */
  owners: { input: string; filter: string };
  /** Tells which calls get this gradient. The others keep the one of tfjs. */
  applies: (attrs: { dilations?: number | number[] | null }) => boolean;
}

/**
 * Gives a convolution its gradient by the two kernels of this package on a backend. tfjs's own
 * kernels of these names ignore dilations, so both must be ours; otherwise the gradient stays that
 * of tfjs, and this returns false. Other backends are not touched.
 */
export function gradientByKernels(
  backend: string,
  { op, input, filter, owners, applies }: Convolution,
): boolean {
  const areOurs = () =>
    isReplaced(backend, input, `${backend}/${owners.input}`) &&
    isReplaced(backend, filter, `${backend}/${owners.filter}`);
  if (!areOurs()) return false;
  replaceGradient(op, (original) => (upstream, saved, attrs) => {
    if (getBackend() !== backend || !areOurs() || !applies(attrs as never)) {
      return original.gradFunc(upstream, saved, attrs);
    }
    const dy = upstream as Tensor;
    const [x, taps] = saved as [Tensor, Tensor];
    // tfjs-layers passes null if dilations are not given.
    const dilations = (attrs as { dilations?: number }).dilations ?? 1;
    const run = (kernel: string, inputs: Record<string, Tensor>, shape: Record<string, number[]>) =>
      new Kernel<Record<string, Tensor>, object, Tensor>(kernel).run(inputs, {
        ...attrs,
        dilations,
        ...shape,
      });
    return {
      x: () => run(input, { dy, filter: taps }, { inputShape: x.shape }),
      filter: () => run(filter, { x, dy }, { filterShape: taps.shape }),
    };
  });
  return true;
}
