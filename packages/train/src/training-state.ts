import { ConfigError } from '@ds/checks';
import { type LayerWith, layersWith, weightsOf } from '@ds/graph';
import { dispose, type Tensor, tensor, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { assignWeight } from './assign-weight.js';
import type { EpochSummary } from './epoch-summary.js';
import type { Optimizer } from './optimizer.js';
import type { ReplicaGroup } from './replica-group.js';

/** A tensor on the host. */
export interface StoredTensor {
  shape: number[];
  values: Float32Array;
}

/** Sums over the steps of an epoch so far. */
export interface EpochTotals {
  loss: number;
  correct: number;
  images: number;
  seconds: number;
}

/**
 * The complete state of a training. With the same batches, backend and number of replicas, a
 * resumed training gives the numbers of an uninterrupted one.
 */
export interface TrainingState {
  /** The epoch in progress, counted from 0, and how many of its batches are done. */
  epoch: number;
  position: number;
  /** Steps made, over all epochs. */
  step: number;
  totals: EpochTotals;
  /** The epochs that are complete. */
  epochs: EpochSummary[];
  /** The trained weights, in the model's order. */
  weights: StoredTensor[];
  /** Untrained weights (batch norm's statistics) of each replica, in the model's order. */
  statistics: StoredTensor[][];
  optimizer: { steps: number; slots: (StoredTensor[] | null)[] };
  /**
   * How often each layer that draws at random has drawn, by its path as in `layersOf` of
   * `@ds/graph`.
   */
  draws: Record<string, number>;
}

/** The position of a training between two steps. */
export type TrainingPlace = Pick<
  TrainingState,
  'epoch' | 'position' | 'step' | 'totals' | 'epochs'
>;

/**
 * A copy of the complete state of the training. Every replica must call this at the same step.
 */
export async function captureState(
  model: LayersModel,
  optimizer: Optimizer,
  place: TrainingPlace,
  replicas: ReplicaGroup | undefined,
): Promise<TrainingState> {
  const { steps, slots } = optimizer.state();
  const { trained, untrained } = weightsOf(model);
  return {
    ...place,
    totals: { ...place.totals },
    epochs: [...place.epochs],
    weights: await Promise.all(trained.map((weight) => stored(weight.read()))),
    statistics: await statisticsOfAll(untrained, replicas),
    optimizer: {
      steps,
      slots: await Promise.all(
        trained.map((weight) => {
          const tensors = slots.get((weight.read() as Variable).name);
          return tensors ? Promise.all(tensors.map(stored)) : null;
        }),
      ),
    },
    draws: Object.fromEntries(
      layersWith(model, 'draws').map(({ path, layer }) => [path, layer.draws]),
    ),
  };
}

/**
 * Requires that a state is one of this model, in as many replicas.
 *
 * @throws ConfigError if it is not.
 */
export function requireStateOf(
  model: LayersModel,
  state: TrainingState,
  replicas: ReplicaGroup | undefined,
): void {
  const size = replicas?.size ?? 1;
  if (state.statistics.length !== size) {
    throw new ConfigError(
      `train: resume must be a state of ${size} replicas, got one of ${state.statistics.length}`,
    );
  }
  const { trained, untrained } = weightsOf(model);
  requireShapes('weights', trained, state.weights);
  for (const statistics of state.statistics) requireShapes('statistics', untrained, statistics);
  const { length } = state.optimizer.slots;
  if (length !== trained.length) {
    throw new ConfigError(
      `train: resume must be a state of this model, with optimizer slots for ${trained.length} ` +
        `weights, got slots for ${length}`,
    );
  }
  drawsOf(model, state);
}

/**
 * Restores model and optimizer from a state that {@link requireStateOf} accepts.
 *
 * @throws ConfigError if the state is of another optimizer. The model then stays as it is.
 */
export function restoreState(
  model: LayersModel,
  optimizer: Optimizer,
  state: TrainingState,
  replicas: ReplicaGroup | undefined,
): void {
  const { trained, untrained } = weightsOf(model);
  const slots = new Map<string, Tensor[]>();
  trained.forEach((weight, index) => {
    const tensors = state.optimizer.slots[index];
    if (tensors) slots.set((weight.read() as Variable).name, tensors.map(restored));
  });
  try {
    optimizer.restore({ steps: state.optimizer.steps, slots });
  } catch (error) {
    dispose([...slots.values()].flat());
    if (!(error instanceof ConfigError)) throw error;
    const rule = 'train: resume must be a state of this optimizer';
    throw new ConfigError(`${rule}, got this error: ${error.message}`, { cause: error });
  }
  assign(trained, state.weights);
  assign(untrained, state.statistics[replicas?.rank ?? 0]!);
  for (const [layer, count] of drawsOf(model, state)) layer.draws = count;
}

/**
 * How often each layer of a model has drawn in a state. tfjs gives layers without a name another
 * one in each model. So if names differ, their order decides.
 */
function drawsOf(model: LayersModel, { draws }: TrainingState): [LayerWith<'draws'>, number][] {
  const layers = layersWith(model, 'draws');
  const counts = Object.values(draws);
  if (layers.length !== counts.length) {
    throw new ConfigError(
      `train: resume must be a state of this model, with ${layers.length} layers that draw at ` +
        `random, got one with ${counts.length}`,
    );
  }
  const isNamed = layers.every(({ path }) => Object.hasOwn(draws, path));
  return layers.map(({ path, layer }, at) => [layer, isNamed ? draws[path]! : counts[at]!]);
}

/** The number of statistics of a model, over all replicas, for their exchange. */
export function statisticsLength(model: LayersModel, replicas: ReplicaGroup): number {
  return replicas.size * lengthOf(weightsOf(model).untrained);
}

function lengthOf(weights: LayerVariable[]): number {
  return weights.reduce((total, weight) => total + weight.read().size, 0);
}

/** Each replica's own statistics, which differ until an epoch ends. */
async function statisticsOfAll(
  weights: LayerVariable[],
  replicas: ReplicaGroup | undefined,
): Promise<StoredTensor[][]> {
  const own = await Promise.all(weights.map((weight) => stored(weight.read())));
  if (!replicas) return [own];
  const whole = new Float32Array(lengthOf(weights));
  let end = 0;
  const ends = own.map(({ values }) => {
    whole.set(values, end);
    end += values.length;
    return end;
  });
  return replicas.gather(whole).map((all) =>
    own.map(({ shape, values }, at) => ({
      shape,
      values: all.slice(ends[at]! - values.length, ends[at]!),
    })),
  );
}

async function stored(x: Tensor): Promise<StoredTensor> {
  return { shape: x.shape, values: Float32Array.from(await x.data()) };
}

function restored({ shape, values }: StoredTensor): Tensor {
  return tensor(values.slice(), shape, 'float32');
}

function assign(weights: LayerVariable[], values: StoredTensor[]): void {
  weights.forEach((weight, index) => {
    assignWeight(weight, () => restored(values[index]!));
  });
}

function requireShapes(
  what: string,
  weights: { shape: readonly unknown[] }[],
  values: { shape: readonly unknown[] }[],
): void {
  const shapes = (list: { shape: readonly unknown[] }[]) =>
    list.map(({ shape }) => `[${shape}]`).join(' ');
  if (shapes(weights) === shapes(values)) return;
  throw new ConfigError(
    `train: resume must be a state of this model, with ${what} ${shapes(weights)}, ` +
      `got ${shapes(values)}`,
  );
}
