import { ConfigError } from '@ds/checks';
import { isModel, layersOf } from '@ds/graph';
import {
  hasResampleKernel,
  type PoolingMatrices,
  resampleByMatrices,
  resampleKernel,
} from '@ds/kernels';
import {
  concat1d,
  dispose,
  engine,
  keep,
  neg,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/**
 * Lets a loaded model of `freezeStrides` run each pooling as one kernel, where the backend in use
 * has that kernel. A model in memory does so already, but a saved model has stock layers only.
 * Changes the model in place, and returns it. The outputs agree to float32.
 *
 * @throws ConfigError if model is not a model of tf.layers, or has no frozen pooling.
 */
export function fuseFrozen(model: tfl.LayersModel): tfl.LayersModel {
  const nested = new Set(layersOf(model, 'fuseFrozen').flatMap(({ within }) => within));
  const poolings = [...nested].filter((layer) => isModel(layer) && fusePooling(layer));
  if (poolings.length > 0) return model;
  throw new ConfigError(
    'fuseFrozen: model must have poolings that freezeStrides made, with channels last, got none',
  );
}

/**
 * Lets a frozen pooling run as one kernel, where the backend in use has that kernel. Otherwise its
 * stock layers run, as they do for the gradient of their own weights. Does nothing to another
 * model. Returns whether it is such a pooling.
 *
 * The kernel multiplies both axes at once, and does half of the multiplications if the matrices
 * have the symmetry of a filter without a shift. Its matrices are those of the stock layers, so
 * assigning other weights to these changes the result of both.
 *
 * @param model a nested model in a model that `freezeStrides` made.
 */
export function fusePooling(model: tfl.LayersModel): boolean {
  if (fused.has(model)) return true;
  const stages = stagesOf(model);
  if (!stages) return false;
  fused.add(model);
  const matrices = new KeptMatrices(stages);
  const call = model.call.bind(model);
  model.call = (inputs, kwargs) => {
    const x = [inputs].flat()[0] as Tensor4D;
    const runsStock = !hasResampleKernel(x) || stages.some(isWatched) || isTrained(stages);
    if (runsStock) return call(inputs, kwargs);
    return matrices.apply(x);
  };
  // A model inside `TimeDistributed` is never disposed of, but its weights are.
  const weight = stages[0].weights[0]!;
  const release = weight.dispose.bind(weight);
  weight.dispose = () => {
    release();
    matrices.dispose();
  };
  // Made now, so that no call allocates lasting tensors.
  if (resampleKernel.isHere()) matrices.present();
  return true;
}

/**
 * Whether a weight of these layers gets a gradient. The kernel takes copies of them, and its
 * gradient has the symmetry of a filter without a shift.
 */
function isTrained(stages: tfl.layers.Layer[]): boolean {
  return engine().isTapeOn() && stages.some((layer) => layer.trainableWeights.length > 0);
}

/** Whether `watchLayers` replaces the `call` of a layer. It sees only the layers that run. */
function isWatched(layer: tfl.layers.Layer): boolean {
  return Object.hasOwn(layer, 'call');
}

/** The poolings that are fused. */
const fused = new WeakSet<tfl.layers.Layer>();

/** The convolutions of a pooling, one per matrix. The last three exist only with a skew term. */
type Stages = [tfl.layers.Layer, tfl.layers.Layer, ...tfl.layers.Layer[]];

/** The names of the convolutions, after the name of their model. */
const STAGES = ['rows', 'columns', 'skew.rows', 'skew.columns', 'skew.synthesis'];

/** The convolutions of a frozen pooling with channels last, or `null` for another model. */
function stagesOf(model: tfl.LayersModel): Stages | null {
  const convolutions = model.layers.filter((layer) => layer.getClassName() === 'Conv2D');
  const stages = STAGES.map((name) =>
    convolutions.find((layer) => layer.name === `${model.name}.${name}`),
  ).filter((layer) => layer !== undefined);
  const isWhole =
    stages.length === convolutions.length && [2, STAGES.length].includes(stages.length);
  if (!isWhole) return null;
  // With channels first, another permutation moves the rows to the end.
  const [first] = model.layers.filter((layer) => layer.getClassName() === 'Permute');
  return `${first?.getConfig().dims}` === '2,3,1' ? (stages as Stages) : null;
}

/** The matrices of a pooling, in two forms. */
interface Kept {
  /** The values of the convolutions' kernels from which the matrices were made. */
  sources: object[];
  matrices: PoolingMatrices;
  /** All learnable matrices as one tensor, as the kernel takes them. */
  packed: Tensor1D;
  attributes: Parameters<typeof resampleKernel.run>[1];
}

/** The matrices of a pooling, kept between calls. They are remade if a weight changes. */
class KeptMatrices {
  private kept: Kept | null = null;

  constructor(private readonly stages: Stages) {}

  apply(x: Tensor4D): Tensor4D {
    const { matrices, packed, attributes } = this.present();
    // Only this form has a gradient. It packs the matrices in each call.
    if (engine().isTapeOn()) return resampleByMatrices(x, matrices, attributes);
    const analysis = matrices.skew?.analysis;
    return resampleKernel.run({ x, matrices: packed, ...(analysis && { analysis }) }, attributes);
  }

  present(): Kept {
    const kernels = this.stages.map((layer) => layer.getWeights()[0]!);
    const sources = kernels.map(({ dataId }) => dataId);
    if (this.kept?.sources.every((source, at) => source === sources[at])) return this.kept;
    this.dispose();
    const [matrices, packed] = tidy(() => {
      const made = matricesOf(kernels);
      const { rows, columns, skew } = made;
      const learnable = skew ? [rows, columns, skew.synthesis, skew.columns] : [rows, columns];
      const one = concat1d(learnable.map((matrix) => reshape(matrix, [-1]) as Tensor1D));
      for (const tensor of [...listOf(made), one]) keep(tensor);
      return [made, one] as const;
    });
    const { rows, columns } = matrices;
    const attributes = {
      rows: rows.shape,
      columns: columns.shape,
      isSymmetric: isSymmetric(matrices),
    };
    this.kept = { sources, matrices, packed, attributes };
    return this.kept;
  }

  dispose(): void {
    if (this.kept) dispose([...listOf(this.kept.matrices), this.kept.packed]);
    this.kept = null;
  }
}

/** The matrices of the kernels of stock convolutions. */
function matricesOf(kernels: Tensor[]): PoolingMatrices {
  const [rows, columns, analysis, skewColumns, negated] = kernels.map(
    (kernel) => transpose(reshape(kernel, [-1, kernel.shape.at(-1)!])) as Tensor2D,
  ) as [Tensor2D, Tensor2D, Tensor2D?, Tensor2D?, Tensor2D?];
  if (!analysis) return { rows, columns };
  const synthesis = neg(negated!) as Tensor2D;
  return { rows, columns, skew: { synthesis, analysis, columns: skewColumns! } };
}

/** All matrices of a pooling. */
function listOf({ rows, columns, skew }: PoolingMatrices): Tensor2D[] {
  return [rows, columns, ...(skew ? [skew.synthesis, skew.analysis, skew.columns] : [])];
}

/** Whether the matrices have the symmetry of {@link resampleByMatrices}, to float32 rounding. */
function isSymmetric({ rows, columns, skew }: PoolingMatrices): boolean {
  return (
    isMirrored(rows, 1) && isMirrored(columns, 1) && (skew ? isMirrored(skew.columns, -1) : true)
  );
}

/** Float32 rounding of an entry, relative to the largest entry. */
const ROUNDING = 1e-6;

/** Whether `a[−i, −p] = sign · a[i, p]`, with indices modulo the sides. */
function isMirrored(matrix: Tensor2D, sign: 1 | -1): boolean {
  const [outputs, inputs] = matrix.shape;
  const values = matrix.dataSync<'float32'>();
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return values.every((value, at) => {
    const [i, p] = [Math.floor(at / inputs), at % inputs];
    const mirror = ((outputs - i) % outputs) * inputs + ((inputs - p) % inputs);
    return Math.abs(value - sign * values[mirror]!) <= ROUNDING * largest;
  });
}
