import type { layers } from '@tensorflow/tfjs-layers';

/** What tfjs counts: how many models have to be disposed of before a layer's weights are freed. */
interface Counted {
  _refCount: number | null;
}

/**
 * Applies a layer, in `apply`, and counts it as no new use of the layer if it stands in that graph already, which is one that
 * grows from some of the same inputs. Returns what `apply` does.
 *
 * tfjs counts a use for each place in a graph, while a model that is disposed of gives each of its layers up once: the weights of
 * a layer with two places would never be freed. Between graphs that share no input uses are counted as tfjs does.
 */
export function applyOncePerGraph<Result>(layer: layers.Layer, apply: () => Result): Result {
  const counted = layer as unknown as Counted;
  const uses = counted._refCount ?? 0;
  const places = layer.inboundNodes.length;
  const result = apply();
  const latest = layer.inboundNodes[places];
  if (!latest || uses === 0) return result;
  const roots = rootsOf(latest);
  const isKnown = layer.inboundNodes
    .slice(0, places)
    .some((place) => [...rootsOf(place)].some((root) => roots.has(root)));
  if (isKnown) counted._refCount = uses;
  return result;
}

type Place = layers.Layer['inboundNodes'][number];

/** The input layers that a place hangs on. */
function rootsOf(place: Place): Set<layers.Layer> {
  const roots = new Set<layers.Layer>();
  const seen = new Set<Place>();
  const climb = (node: Place) => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.inboundLayers.length === 0) roots.add(node.outboundLayer);
    for (const { sourceLayer, nodeIndex } of node.inputTensors) {
      climb(sourceLayer.inboundNodes[nodeIndex]!);
    }
  };
  climb(place);
  return roots;
}
