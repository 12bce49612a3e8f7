import { Kernel } from '@ds/kernels';
import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { isReplaced } from '../replacements/kernels.js';

/** The attributes of a convolution that these gradients read. */
export interface DilatedAttrs {
  /** tfjs-layers passes null for dilations that are not given. */
  dilations?: number | number[] | null;
}

/** A convolution, and its two gradient kernels. */
interface Convolution {
  op: string;
  input: string;
  filter: string;
  /** The changes that register these kernels, without the backend's name. */
  owners: { input: string; filter: string };
  /** Whether a call gets this gradient. Other calls keep tfjs's gradient. */
  applies: (attrs: DilatedAttrs) => boolean;
}

/**
 * Registers the gradient of a convolution on a backend, from the two kernels of this package.
 * tfjs's own kernels of these names ignore dilations. If one of both is not ours, tfjs's gradient
 * stays, and the function returns false. Other backends are unchanged.
 */
export function gradientByKernels(
  backend: string,
  { op, input, filter, owners, applies }: Convolution,
): boolean {
  const areOurs = () =>
    isReplaced(backend, input, `${backend}/${owners.input}`) &&
    isReplaced(backend, filter, `${backend}/${owners.filter}`);
  if (!areOurs()) return false;
  replaceGradient<DilatedAttrs>(op, (original) => (upstream, saved, attrs) => {
    if (getBackend() !== backend || !areOurs() || !applies(attrs)) {
      return original.gradFunc(upstream, saved, attrs);
    }
    const dy = upstream as Tensor;
    const [x, taps] = saved as [Tensor, Tensor];
    const dilations = attrs.dilations ?? 1;
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
