import { ConfigError, describe, refuse } from '@ds/checks';
import {
  add,
  addN,
  dispose,
  keep,
  mul,
  type Scalar,
  scalar,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  type Variable,
  variableGrads,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import type { LabelledBatch } from './batches.js';
import { clearTape } from './clear-tape.js';
import { releaseEarly } from './early-release.js';
import { applyStoringHalf } from './half-activations.js';
import { nonFiniteImages } from './non-finite-row.js';
import type { Optimizer, ParameterUpdate } from './optimizer.js';
import { lossOf } from './output-loss.js';
import { groupOf, type ParameterGroup } from './parameter-groups.js';
import { labelsOf, logitsOf } from './shard.js';
import { type OutputShape, packMeasures } from './step-measures.js';
import type { TrainOptions } from './train-options.js';

/** The gradients and the measures of a shard. They are still on the backend. */
export interface ShardGradients {
  gradients: Tensor[];
  /** As `packMeasures` packs them; `null` if the shard has no images. */
  measures: Tensor1D | null;
  /** Of the model's outputs, [images, classes] each. */
  shapes: OutputShape[];
}

/**
 * The gradients and the loss of a shard, scaled by its share of the batch's `total` images. Their
 * sums over all shards are those of the batch.
 */
export function shardGradients(
  model: LayersModel,
  variables: Variable[],
  shard: LabelledBatch,
  total: number,
  {
    labelSmoothing = 0,
    lossWeights,
    losses,
    classWeights,
    penalty,
    activations,
    releaseEarly: isEarly = true,
  }: TrainOptions,
): ShardGradients {
  const { images } = shard;
  const labels = labelsOf(shard);
  const size = images.shape[0]!;
  const shapes = labels.map(({ shape }, task): OutputShape => [...shape, losses?.[task]]);
  if (size === 0) {
    return { gradients: variables.map((v) => zerosLike(v)), measures: null, shapes };
  }
  return tidy(() => {
    const flags = nonFiniteImages(images);
    let kept: Tensor2D[] = [];
    try {
      const { value, grads } = variableGrads(() => {
        const outputs =
          activations === 'float16'
            ? applyStoringHalf(model, images)
            : model.apply(images, { training: true });
        kept = logitsOf(outputs).map((one) => keep(one));
        const terms = kept.map((logits, task) => {
          const loss = lossOf(
            logits,
            labels[task]!,
            task,
            { losses, classWeights },
            labelSmoothing,
          );
          return lossWeights ? (mul(loss, scalar(lossWeights[task]!)) as Scalar) : loss;
        });
        terms.push(...(model.calculateLosses() as Scalar[]));
        if (penalty) terms.push(scalarOf(penalty()));
        const loss = terms.length === 1 ? terms[0]! : (addN(terms) as Scalar);
        const share = size === total ? loss : (mul(loss, scalar(size / total)) as Scalar);
        if (isEarly) releaseEarly();
        return share;
      }, variables);
      const measures = packMeasures(value, flags, kept, labels);
      // Weights of a block that did not run have no gradient. Weight decay and momentum still move
      // them.
      const gradients = variables.map((one) => grads[one.name] ?? zerosLike(one));
      return { gradients, measures, shapes };
    } catch (error) {
      clearTape();
      throw error;
    } finally {
      dispose(kept);
    }
  });
}

/**
 * Makes one step of the optimizer, with each group's learning rate and decay. The constraints of
 * the weights apply.
 */
export function update(
  weights: LayerVariable[],
  gradients: Tensor[],
  learningRate: number,
  optimizer: Optimizer,
  groups: ParameterGroup[],
): void {
  tidy(() => {
    const updates = weights.map((weight, index) => {
      const value = weight.read() as Variable;
      const { learningRateScale, weightDecay } = groupOf(weight, groups);
      const plain = gradients[index]!;
      return {
        name: value.name,
        value,
        gradient: weightDecay > 0 ? add(plain, mul(value, scalar(weightDecay))) : plain,
        learningRate: learningRate * learningRateScale,
      };
    });
    const values = optimizer.step(updates);
    requireNewValues(values, updates);
    weights.forEach((weight, index) => {
      weight.write(values[index]!);
    });
  });
}

/** @throws ConfigError if the step of an optimizer did not return a new value of each weight. */
function requireNewValues(values: unknown, updates: ParameterUpdate[]): void {
  const rule = 'return a list with the new value of each weight from its step';
  if (!Array.isArray(values)) refuse('train', 'optimizer', rule, values);
  if (values.length !== updates.length) refuse('train', 'optimizer', rule, values);
  for (const [i, { name, value }] of updates.entries()) {
    const one: unknown = values[i];
    if (one instanceof Tensor && one.shape.join() === value.shape.join()) continue;
    throw new ConfigError(
      `train: optimizer must ${rule}, of shape [${value.shape}] for '${name}', got ${shown(one)}`,
    );
  }
}

/** @throws ConfigError if the penalty is not a scalar of float32, or is disposed of. */
function scalarOf(penalty: unknown): Scalar {
  if (penalty instanceof Tensor && penalty.isDisposed) {
    throw new ConfigError(
      'train: penalty must return a tensor that is not disposed of, got a disposed tensor; ' +
        'compute it in each call',
    );
  }
  if (penalty instanceof Tensor && penalty.rank === 0 && penalty.dtype === 'float32') {
    return penalty as Scalar;
  }
  const rule = 'return a scalar tensor';
  if (penalty instanceof Tensor && penalty.rank === 0) {
    throw new ConfigError(`train: penalty must ${rule} of float32, got ${penalty.dtype}`);
  }
  throw new ConfigError(`train: penalty must ${rule}, got ${shown(penalty)}`);
}

function shown(value: unknown): string {
  if (!(value instanceof Tensor)) return describe(value);
  return `a tensor of shape [${value.shape}]`;
}
