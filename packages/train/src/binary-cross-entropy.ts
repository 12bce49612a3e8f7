import { refuse, requireNumber } from '@ds/checks';
import {
  abs,
  add,
  cast,
  customGrad,
  exp,
  log1p,
  mean,
  mul,
  neg,
  relu,
  type Scalar,
  scalar,
  sigmoid,
  sub,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { requireClassWeights } from './class-weights.js';
import { requireSameShape } from './cross-entropy.js';

/**
 * Sigmoid cross-entropy of logits against labels of their own, for images with any number of
 * labels. It is the mean over the batch and the classes of
 *
 * `w_k (max(z, 0) − z q + log(1 + e^{−|z|}))`, with label smoothing ε `q = (1 − ε) y + ε/2`.
 *
 * This equals `−w_k (q log σ(z) + (1 − q) log(1 − σ(z)))`, and does not overflow for any z.
 *
 * Shapes: logits and labels `[batch, classes]` → scalar. Logits are float32, labels of any type, in
 * [0, 1].
 *
 * @param classWeights w, one for each class. Default 1 each.
 * @throws ConfigError if the shapes differ, smoothing is not in [0, 1), or a weight is missing or <
 *   0.
 */
export function binaryCrossEntropy(
  logits: Tensor2D,
  labels: Tensor2D,
  smoothing = 0,
  classWeights?: number[],
): Scalar {
  const op = 'binaryCrossEntropy';
  requireSameShape(op, logits, labels);
  requireNumber(op, 'smoothing', smoothing);
  if (!(smoothing >= 0 && smoothing < 1)) {
    refuse(op, 'smoothing', 'be in [0, 1)', smoothing);
  }
  if (classWeights !== undefined)
    requireClassWeights(op, 'classWeights', classWeights, logits.shape[1]);
  return tidy(() => {
    const shares = cast(labels, 'float32');
    const target =
      smoothing === 0 ? shares : add(mul(shares, scalar(1 - smoothing)), scalar(smoothing / 2));
    const losses = sigmoidLosses(logits, target as Tensor2D);
    const weighted = classWeights ? mul(losses, tensor1d(classWeights)) : losses;
    return mean(weighted) as Scalar;
  });
}

/** The loss of each logit. The gradient is `σ(z) − q`, also at 0, where `|z|` has none. */
function sigmoidLosses(logits: Tensor2D, target: Tensor2D): Tensor2D {
  const op = customGrad((...args) => {
    const [z, q, save] = args as unknown as [Tensor2D, Tensor2D, (tensors: Tensor[]) => void];
    save([z, q]);
    return {
      value: add(sub(relu(z), mul(z, q)), log1p(exp(neg(abs(z))))),
      gradFunc: (dy, saved) => {
        const [savedLogits, savedTarget] = saved as [Tensor, Tensor];
        return [
          mul(dy as Tensor, sub(sigmoid(savedLogits), savedTarget)),
          neg(mul(dy as Tensor, savedLogits)),
        ];
      },
    };
  });
  return op(logits, target) as Tensor2D;
}
