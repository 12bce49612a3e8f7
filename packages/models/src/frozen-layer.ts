import { refuse } from '@ds/checks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Rounding } from './rounding.js';

/** What became of one layer in a frozen copy. */
export interface FrozenLayer {
  /** The layer's path, after the models and wrappers around it: `trunk/pool`. */
  layer: string;
  /** Its class in saved models: `ds>DiffStride`. */
  className: string;
  /** Shape of the input, or of the first one, without the batch axis. */
  inputShape: (number | null)[];
  /** Shape of the output, or of the first one, without the batch axis. */
  outputShape: (number | null)[];
  /**
   * The classes of the stock layers in its place, in network order. Empty if the layer was the
   * identity. `null` if the copy has the layer itself.
   */
  stock: string[] | null;
  /** With `round`, for a pooling that masks the spectrum: how its strides became integers. */
  rounding?: Rounding;
}

const reports = new WeakMap<LayersModel, FrozenLayer[]>();

/** Stores the report of a frozen copy. */
export function storeReport(frozen: LayersModel, report: FrozenLayer[]): void {
  reports.set(frozen, report);
}

/**
 * Lists what became of each pooling and custom layer in a copy that `freezeStrides` made. A pooling
 * for images of two sizes has two rows.
 *
 * @throws ConfigError if `frozen` is not a result of `freezeStrides` in this program. A loaded copy
 *   has no report.
 */
export function freezeReport(frozen: LayersModel): FrozenLayer[] {
  return reportOf('freezeReport', frozen);
}

/** {@link freezeReport} for a function `op` and its argument `name`, which an error names. */
export function reportOf(op: string, frozen: LayersModel, name = 'frozen'): FrozenLayer[] {
  const report = reports.get(frozen);
  if (!report) refuse(op, name, 'be a result of freezeStrides in this program', frozen);
  return structuredClone(report);
}
