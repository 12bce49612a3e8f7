import * as tfl from '@tensorflow/tfjs-layers';

/**
 * Whether a layer is of a class of tfjs, so that a program with tfjs alone can load it. tfjs has a
 * function for each of its classes: `timeDistributed` makes a `TimeDistributed`.
 */
export function isStock(layer: tfl.layers.Layer): boolean {
  return stock().has(layer.getClassName().toLowerCase());
}

let names: Set<string> | undefined;

function stock(): Set<string> {
  names ??= new Set(Object.keys(tfl.layers).map((name) => name.toLowerCase()));
  return names;
}
