import { canStoreHalf, storeHalf } from '@ds/kernels';
import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** @throws Error if the backend cannot; it can on webgpu, after `useBackend` of `@ds/backend`. */
export function requireHalfStorage(): void {
  if (canStoreHalf()) return;
  throw new Error(
    `train: activations must be 'float32' on backend '${getBackend()}', got 'float16'`,
  );
}

/**
 * `model.apply(x, { training: true })` as a list of outputs, after which everything that layers
 * handed on lies in half precision: each activation once the last layer that takes it has run. What
 * layers compute from is thus float32, and the loss the same to the last bit; the gradients find
 * what they need of the way there in half of the memory. Masks of layers (`supportsMasking`) are
 * not passed on.
 */
export function applyStoringHalf(model: LayersModel, x: Tensor): Tensor[] {
  const values = new Map<SymbolicTensor, Tensor>([[model.inputs[0]!, x]]);
  const waiting = consumersOf(model);
  return model.outputs.map(evaluated);

  function evaluated(symbol: SymbolicTensor): Tensor {
    const known = values.get(symbol);
    if (known) return known;
    const node = nodeOf(symbol);
    const inputs = node.inputTensors.map(evaluated);
    const result = node.outboundLayer.apply(inputs.length === 1 ? inputs[0]! : inputs, {
      ...node.callArgs,
      training: true,
    }) as Tensor | Tensor[];
    const made = Array.isArray(result) ? result : [result];
    node.outputTensors.forEach((output, i) => {
      values.set(output, made[i]!);
    });
    for (const input of node.inputTensors) release(input);
    return values.get(symbol)!;
  }

  /** One layer fewer waits for a value. */
  function release(symbol: SymbolicTensor): void {
    const left = waiting.get(symbol)! - 1;
    waiting.set(symbol, left);
    const value = values.get(symbol)!;
    if (left > 0 || value === x) return;
    values.delete(symbol);
    // A layer may hand on what it got, in another shape.
    const isStillRead = [...values.values()].some(({ dataId }) => dataId === value.dataId);
    if (isStillRead) return;
    storeHalf(value);
  }
}

type Node = layers.Layer['inboundNodes'][number];

function nodeOf({ sourceLayer, nodeIndex }: SymbolicTensor): Node {
  return sourceLayer.inboundNodes[nodeIndex]!;
}

/** How often each value of a model is read: by layers, and as an output, which is never let go. */
function consumersOf(model: LayersModel): Map<SymbolicTensor, number> {
  const consumers = new Map<SymbolicTensor, number>();
  const seen = new Set<Node>();
  const count = (symbol: SymbolicTensor) => {
    consumers.set(symbol, (consumers.get(symbol) ?? 0) + 1);
    const node = nodeOf(symbol);
    if (seen.has(node)) return;
    seen.add(node);
    node.inputTensors.forEach(count);
  };
  model.outputs.forEach(count);
  return consumers;
}
