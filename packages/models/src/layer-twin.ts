import { ConfigError, describe } from '@ds/checks';
import { applyInOneModel, innerLayers } from '@ds/graph';
import type { serialization, Variable } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ownWeights } from './own-weights.js';
import { isStock } from './stock-class.js';

type LayerClass = serialization.SerializableConstructor<tfl.layers.Layer> & {
  fromConfig: (cls: LayerClass, config: serialization.ConfigDict) => tfl.layers.Layer;
};

/** The fields that tfjs leaves out of a configuration, or stores wrongly. */
interface Unsaved {
  depthMultiplier?: number;
  depthwiseConstraint?: unknown;
}

/**
 * Makes a layer of the same configuration, with some changes and without the weights.
 *
 * tfjs 4.22.0 saves no `depthMultiplier` of a `SeparableConv2D`. It saves the regularizer of a
 * `DepthwiseConv2D` as its constraint. Both come from the layer itself here.
 *
 * @param op the function that the caller used. Errors name it.
 * @throws ConfigError if a custom layer cannot be made from its own configuration.
 */
export function twinOf(
  op: string,
  layer: tfl.layers.Layer,
  changes: serialization.ConfigDict = {},
): tfl.layers.Layer {
  const { depthMultiplier, depthwiseConstraint } = layer as Unsaved;
  // After a padding layer, the first layer has another input shape.
  const { depthwiseConstraint: _saved, batchInputShape: _shape, ...config } = layer.getConfig();
  const twin = madeFrom(op, layer, {
    ...config,
    ...(depthMultiplier === undefined ? {} : { depthMultiplier }),
    ...changes,
  });
  if (depthwiseConstraint) (twin as Unsaved).depthwiseConstraint = depthwiseConstraint;
  return twin;
}

function madeFrom(
  op: string,
  layer: tfl.layers.Layer,
  config: serialization.ConfigDict,
): tfl.layers.Layer {
  const cls = layer.constructor as LayerClass;
  try {
    return cls.fromConfig(cls, config);
  } catch (cause) {
    const { message } = cause as Error;
    throw new ConfigError(
      `${op}: ${named(layer)} must be made from what its getConfig returns, got "${message}"`,
      { cause },
    );
  }
}

/**
 * Applies a copy of a layer to the inputs of a copied graph. All its applications are in one model.
 *
 * @param op the function that the caller used. Errors name it.
 * @throws ConfigError if a setting of a custom layer has another value in its copy, which then does
 *   not take the inputs. Other errors of the layer pass through.
 */
export function applyTwin(
  op: string,
  layer: tfl.layers.Layer,
  twin: tfl.layers.Layer,
  inputs: tfl.SymbolicTensor[],
): tfl.SymbolicTensor[] {
  try {
    const applied = applyInOneModel(twin, () =>
      twin.apply(inputs.length === 1 ? inputs[0]! : inputs),
    );
    return [applied].flat() as tfl.SymbolicTensor[];
  } catch (error) {
    requireDescribed(op, layer, twin);
    throw error;
  }
}

/** Types of settings. Lists and plain objects of them are settings too. */
const SETTINGS = ['number', 'string', 'boolean'];

/** A setting that has another value in a copy. */
interface Difference {
  /** The field, with the key in a plain object: `field.key`. */
  field: string;
  value: unknown;
  copy: unknown;
}

/**
 * The first difference of a setting in a copy, or `null`. A layer makes its weights, caches and
 * other objects itself, so they do not count.
 */
function differenceOf(field: string, value: unknown, copy: unknown): Difference | null {
  const difference = { field, value, copy };
  if (copy === undefined && isSetting(value)) return difference;
  if (SETTINGS.includes(typeof value)) return Object.is(value, copy) ? null : difference;
  if (typeof value === 'function') return typeof copy === 'function' ? null : difference;
  if (Array.isArray(value)) {
    if (!Array.isArray(copy) || !value.some(isSetting)) return null;
    const isSame =
      value.length === copy.length &&
      value.every((one, at) => differenceOf(field, one, copy[at]) === null);
    return isSame ? null : difference;
  }
  if (!isPlain(value) || !isPlain(copy)) return null;
  const inside = Object.entries(value).map(([key, one]) =>
    differenceOf(`${field}.${key}`, one, copy[key]),
  );
  return inside.find((one) => one !== null) ?? null;
}

/** Whether a value is a setting, or holds one. */
function isSetting(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isSetting);
  if (isPlain(value)) return Object.values(value).some(isSetting);
  return SETTINGS.includes(typeof value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

/**
 * A class without a `getConfig` of its own says nothing about its fields, so its copy has their
 * defaults.
 *
 * @throws ConfigError if a setting of the layer has another value in its copy.
 */
function requireDescribed(op: string, layer: tfl.layers.Layer, twin: tfl.layers.Layer): void {
  const { prototype } = tfl.layers.Layer;
  if (isStock(layer) || layer.getConfig !== prototype.getConfig) return;
  const Base = tfl.layers.Layer as unknown as new (config: { name: string }) => tfl.layers.Layer;
  const common = new Set(Object.keys(new Base({ name: 'probe' })));
  const [fields, copied] = [layer, twin].map((one) => one as unknown as Record<string, unknown>);
  for (const field of Object.keys(twin).filter((name) => !common.has(name))) {
    const difference = differenceOf(field, fields![field], copied![field]);
    if (!difference) continue;
    const { field: path, value, copy } = difference;
    throw new ConfigError(
      `${op}: getConfig of ${named(layer)} must return its field '${path}', which is ` +
        `${describe(value)} in the layer and ${describe(copy)} in a copy of it; if the copy needs ` +
        'nothing else, return super.getConfig()',
    );
  }
}

function named(layer: tfl.layers.Layer): string {
  return `layer '${layer.name}' (${layer.getClassName()})`;
}

/**
 * Copies the weights of a layer to its twin, and whether each of them is trained. `setWeights`
 * would project them first, and an initial weight need not satisfy its constraint. Both are built.
 *
 * @param op the function that the caller used. Errors name it.
 * @throws ConfigError if the configuration of a custom layer does not describe its settings.
 */
export function copyWeights(op: string, layer: tfl.layers.Layer, twin: tfl.layers.Layer): void {
  requireDescribed(op, layer, twin);
  const copies = everyWeight(twin);
  everyWeight(layer).forEach((weight, at) => {
    const copy = copies[at]!;
    (copy.read() as Variable).assign(weight.read());
    if (copy.trainable !== weight.trainable) copy.trainable = weight.trainable;
  });
}

/** The weights of a layer, and then of the layers inside it, in the order of their creation. */
function everyWeight(layer: tfl.layers.Layer): tfl.LayerVariable[] {
  return [...ownWeights(layer), ...innerLayers(layer).flatMap(everyWeight)];
}
