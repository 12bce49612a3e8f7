import { isModel, layersOf } from '@ds/graph';
import * as tfl from '@tensorflow/tfjs-layers';
import { copyWeights, twinOf } from './layer-twin.js';

/** A model whose layers are swapped: the whole model, or what a `TimeDistributed` applies. */
export interface Scope {
  model: tfl.LayersModel;
  /** The path of the model, before the names of its layers: `each/trunk/`. */
  prefix: string;
  /** The scopes inside the wrappers of this model. */
  wrapped: Map<tfl.layers.Layer, Scope>;
  /** Whether a wrapper needs outputs of a fixed size. */
  isWrapped: boolean;
  /** Whether the model was made here, of a copy of a wrapper's only layer. */
  isTemporary: boolean;
}

/** The scopes of a model. A model in several wrappers is one scope. */
export function scopeOf(model: tfl.LayersModel): Scope {
  const known = new Map<tfl.layers.Layer, Scope>();
  const enter = (one: Omit<Scope, 'wrapped'>): Scope => {
    const scope = { ...one, wrapped: new Map<tfl.layers.Layer, Scope>() };
    for (const { layer, path, within } of layersOf(one.model)) {
      if (layer.getClassName() !== 'TimeDistributed' || !within.every(isModel)) continue;
      const { layer: inner } = layer as tfl.layers.Layer & { layer: tfl.layers.Layer };
      const before = `${one.prefix}${path}/`;
      const found = known.get(inner) ?? enter(momentOf(layer, inner, before));
      known.set(inner, found);
      scope.wrapped.set(layer, found);
    }
    return scope;
  };
  return enter({ model, prefix: '', isWrapped: false, isTemporary: false });
}

/** All scopes, each before those inside it, and each once. */
export function everyScope(scope: Scope): Scope[] {
  return [...new Set([scope, ...[...scope.wrapped.values()].flatMap(everyScope)])];
}

/** What a wrapper applies to one time step, as a model. */
function momentOf(
  wrapper: tfl.layers.Layer,
  inner: tfl.layers.Layer,
  before: string,
): Omit<Scope, 'wrapped'> {
  if (isModel(inner)) {
    const prefix = `${before}${inner.name}/`;
    return { model: inner, prefix, isWrapped: true, isTemporary: false };
  }
  const [batch, , ...sides] = wrapper.inboundNodes[0]!.inputTensors[0]!.shape;
  const input = tfl.input({ batchShape: [batch!, ...sides] });
  const twin = twinOf('swapDownsampling', inner);
  const outputs = twin.apply(input) as tfl.SymbolicTensor;
  copyWeights('swapDownsampling', inner, twin);
  const model = tfl.model({ name: `${inner.name}.each`, inputs: input, outputs });
  return { model, prefix: before, isWrapped: true, isTemporary: true };
}
