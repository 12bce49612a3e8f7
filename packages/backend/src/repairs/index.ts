import type { BackendName } from '../backend-name.js';
import { madeByUseBackend, type TfjsChange } from '../tfjs-change.js';
import { argMinMax } from './arg-min-max.js';
import { averagePoolGradient } from './average-pool-gradient.js';
import { batchNorm } from './batch-norm.js';
import { booleanArithmetic } from './boolean-arithmetic.js';
import { broadcastGradients } from './broadcast-gradients.js';
import { complexParts } from './complex-parts.js';
import { concatenate } from './concatenate.js';
import { convolutionPadding } from './convolution-padding.js';
import { emptyGradients } from './empty-gradients.js';
import { emptyTensors } from './empty-tensors.js';
import { gatherGradient } from './gather-gradient.js';
import { highRankBroadcast } from './high-rank-broadcast.js';
import { indices } from './indices.js';
import { integersAndBooleans } from './integers-and-booleans.js';
import { maxPool } from './max-pool.js';
import { maxPoolGradient } from './max-pool-gradient.js';
import { negativeAxes } from './negative-axes.js';
import { normalisationLayers } from './normalisation-layers.js';
import { pad } from './pad.js';
import { pool3d } from './pool-3d.js';
import { pooling } from './pooling.js';
import type { Repair } from './repair.js';
import { repeatedInputs } from './repeated-inputs.js';
import { resizeGradients } from './resize-gradients.js';
import { scalars } from './scalars.js';
import { select } from './select.js';
import { separableConvolution } from './separable-convolution.js';
import { stridedSlice } from './strided-slice.js';
import { tileGradient } from './tile-gradient.js';
import { transpose } from './transpose.js';
import { unstackGradient } from './unstack-gradient.js';

/** All repairs of tfjs's wrong results, in the order of their installation. */
export const REPAIRS: readonly Repair[] = [
  gatherGradient,
  averagePoolGradient,
  maxPool,
  maxPoolGradient,
  argMinMax,
  pad,
  select,
  transpose,
  complexParts,
  highRankBroadcast,
  stridedSlice,
  integersAndBooleans,
  booleanArithmetic,
  broadcastGradients,
  unstackGradient,
  tileGradient,
  batchNorm,
  normalisationLayers,
  separableConvolution,
  concatenate,
  repeatedInputs,
  resizeGradients,
  negativeAxes,
  scalars,
  emptyGradients,
  indices,
  emptyTensors,
  pool3d,
  // Both come last, because they wrap the kernels that other repairs register.
  convolutionPadding,
  pooling,
];

/** The repairs as changes of tfjs. Their names start with `repair/`. */
export const REPAIR_CHANGES: readonly TfjsChange[] = REPAIRS.map((repair) =>
  madeByUseBackend({
    name: `repair/${repair.name}`,
    backends: repair.backends as readonly BackendName[],
    changes: repair.changes,
    why: `tfjs ${repair.wrong}`,
    make: repair.install,
    ...(repair.uninstall && { unmake: repair.uninstall }),
  }),
);
