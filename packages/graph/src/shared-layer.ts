import { requireFunction } from '@ds/checks';
import type { layers } from '@tensorflow/tfjs-layers';
import { requireLayer } from './layers-of.js';

// tfjs counts a use of a layer for each place where it is applied, while a model that is disposed of gives each of its layers
// up once: the weights of a layer with two places in one model would never be freed.

/** What tfjs counts: how often a layer has to be given up before its weights are freed. */
interface Counted {
  _refCount: number | null;
}

/**
 * Applies a layer in `apply` where all its places are known to be of one model, which frees it when it is disposed of.
 *
 * @throws RangeError if the one is no layer, or the other no function.
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

/** How often layers were given up. */
const givenUp = new WeakMap<layers.Layer, number>();

/**
 * Gives a layer up in `dispose`, counting places in one graph as one use: the weights are freed with the last of the
 * graphs that the layer stands in. To be called in a layer's own `dispose`, around that of tfjs. Places are in one graph if what
 * goes into one, or comes out, meets what goes into the other, or comes out.
 *
 * @throws RangeError if the one is no layer, or the other no function.
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

/** The places whose outputs go into a place. */
function sourcesOf({ inboundLayers, nodeIndices }: Place): Place[] {
  return inboundLayers.map((layer, at) => layer.inboundNodes[nodeIndices[at]!]!);
}

/** The places that what comes out of a place goes into. */
function consumersOf(place: Place): Place[] {
  const { outboundLayer: layer } = place;
  return layer.outboundNodes.filter((consumer) => sourcesOf(consumer).includes(place));
}
