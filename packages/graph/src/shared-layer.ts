import { requireFunction } from '@ds/checks';
import type { layers } from '@tensorflow/tfjs-layers';
import { isModel, requireLayer } from './layers-of.js';

// tfjs counts each application of a layer as one use. A disposed model releases each of its layers
// only once. So tfjs would never free the weights of a layer that one model applies twice.

/** The counter of tfjs: the number of releases after which a layer's weights are freed. */
interface Counted {
  _refCount: number | null;
}

/** tfjs's types protect the counter. */
const counterOf = (layer: layers.Layer) => layer as unknown as Counted;

/**
 * Applies a layer in `apply`, and counts all these applications as one use. They must belong to one
 * model. Disposing of this model frees the layer.
 *
 * @throws ConfigError if `layer` is not a layer, or `apply` is not a function.
 */
export function applyInOneModel<Result>(layer: layers.Layer, apply: () => Result): Result {
  requireLayer('applyInOneModel', 'layer', layer);
  requireFunction('applyInOneModel', 'apply', apply);
  const counted = counterOf(layer);
  const uses = counted._refCount;
  const result = apply();
  // A model counts its own making as a use. The model around it releases it once for each.
  counted._refCount = Math.max(isModel(layer) ? 2 : 1, uses ?? 0);
  return result;
}

/** The number of releases of each layer. */
const releases = new WeakMap<layers.Layer, number>();

/**
 * Releases a layer in `dispose`, and counts all its applications in one graph as one use. The
 * weights are freed with the layer's last graph. Call it in a layer's own `dispose`, around the
 * `dispose` of tfjs. Two applications are in one graph if a chain of layers connects their inputs
 * or outputs.
 *
 * @throws ConfigError if `layer` is not a layer, or `dispose` is not a function.
 */
export function disposeByGraph<Result>(layer: layers.Layer, dispose: () => Result): Result {
  requireLayer('disposeByGraph', 'layer', layer);
  requireFunction('disposeByGraph', 'dispose', dispose);
  const counted = counterOf(layer);
  const before = releases.get(layer) ?? 0;
  const left = Math.max(1, graphsOf(layer) - before);
  if (counted._refCount) counted._refCount = Math.min(counted._refCount, left);
  const result = dispose();
  releases.set(layer, before + 1);
  return result;
}

type Place = layers.Layer['inboundNodes'][number];

/** The number of graphs with applications of a layer. */
function graphsOf(layer: layers.Layer): number {
  const seen = new Set<Place>();
  let graphs = 0;
  for (const place of layer.inboundNodes) {
    if (seen.has(place)) continue;
    graphs += 1;
    const waiting = [place];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...sourcesOf(next), ...consumersOf(next));
    }
  }
  return graphs;
}

/** The applications whose outputs are inputs of this one. */
function sourcesOf({ inboundLayers, nodeIndices }: Place): Place[] {
  return inboundLayers.map((layer, at) => layer.inboundNodes[nodeIndices[at]!]!);
}

/** The applications that take the outputs of this one. */
function consumersOf(place: Place): Place[] {
  const { outboundLayer: layer } = place;
  return layer.outboundNodes.filter((consumer) => sourcesOf(consumer).includes(place));
}
