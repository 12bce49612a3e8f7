import * as tfl from '@tensorflow/tfjs-layers';

/**
 * Whether a layer is of a class of tfjs, so that a program with tfjs alone can load it. tfjs has a
 * function for each of its classes: `timeDistributed` makes a `TimeDistributed`.
 */
export function isStock(layer: tfl.layers.Layer): boolean {
  // A class of plain JavaScript may have no name.
  const className: string | undefined = layer.getClassName();
  return className !== undefined && stock().has(className.toLowerCase());
}

/** Functions of tfjs that make a layer of another name: `avgPool2d` makes an `AveragePooling2D`. */
const ALIASES = /^(avgpool|input$)|maxpool\d/i;

let names: Set<string> | undefined;

function stock(): Set<string> {
  const makers = Object.keys(tfl.layers).filter((name) => !ALIASES.test(name));
  names ??= new Set(makers.map((name) => name.toLowerCase()));
  return names;
}
