import { requireFunction } from '@ds/checks';
import type { layers } from '@tensorflow/tfjs-layers';
import { requireLayer } from './layers-of.js';

// tfjs counts a use of a layer for each place where it is applied. A model that is disposed of
// gives each of its layers up only once. So the weights of a layer with two places in one model
// would never be freed.

/** tfjs's count: how often a layer must be given up before its weights are freed. */
interface Counted {
  _refCount: number | null;
}

/**
 * Applies a layer in `apply`, and counts all its places as one use. They must be in one model,
 * which frees the layer when it is disposed of.
 *
 * @throws ConfigError if `layer` is not a layer, or `apply` is not a function.
 */
export function applyInOneModel<Result>(layer: layers.Layer, apply: () => Result): Result {
  requireLayer('applyInOneModel', 'layer', layer);
  requireFunction('applyInOneModel', 'apply', apply);
  const counted = layer as unknown as Counted;
  const uses = counted._refCount;
  const result = apply();
  counted._refCount = Math.max(1, uses ?? 0);
  return result;
}

/** How often each layer was given up. */
const givenUp = new WeakMap<layers.Layer, number>();

/**
 * Gives a layer up in `dispose`, and counts all places in one graph as one use: the weights are
 * freed with the layer's last graph. Call it in a layer's own `dispose`, around that of tfjs. Two
 * places are in one graph if a chain of layers connects their inputs or outputs.
 *
 * @throws ConfigError if `layer` is not a layer, or `dispose` is not a function.
 */
export function disposeByGraph<Result>(layer: layers.Layer, dispose: () => Result): Result {
  requireLayer('disposeByGraph', 'layer', layer);
  requireFunction('disposeByGraph', 'dispose', dispose);
  const counted = layer as unknown as Counted;
  const before = givenUp.get(layer) ?? 0;
  const left = Math.max(1, graphsOf(layer) - before);
  if (counted._refCount) counted._refCount = Math.min(counted._refCount, left);
  const result = dispose();
  givenUp.set(layer, before + 1);
  return result;
}

type Place = layers.Layer['inboundNodes'][number];

/** Number of graphs that a layer stands in. */
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

/** The places with outputs that go into a place. */
function sourcesOf({ inboundLayers, nodeIndices }: Place): Place[] {
  return inboundLayers.map((layer, at) => layer.inboundNodes[nodeIndices[at]!]!);
}

/** The places that take the outputs of a place. */
function consumersOf(place: Place): Place[] {
  const { outboundLayer: layer } = place;
  return layer.outboundNodes.filter((consumer) => sourcesOf(consumer).includes(place));
}
