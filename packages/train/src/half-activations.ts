import { ConfigError } from '@ds/checks';
import { evaluateGraph, nodesOf } from '@ds/graph';
import { canStoreHalf, storeHalf } from '@ds/kernels';
import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';

/**
 * @throws ConfigError if the backend cannot; it can on webgpu, after `useBackend` of `@ds/backend`.
 */
export function requireHalfStorage(): void {
  if (canStoreHalf()) return;
  throw new ConfigError(
    `train: activations must be 'float32' on backend '${getBackend()}', got 'float16'`,
  );
}

/**
 * `model.apply(x, { training: true })` as a list of outputs. Stores each activation in half
 * precision once the last layer that reads it has run. Layers compute in float32, so the loss is
 * identical. Activations kept for gradients take half the memory. Masks of layers
 * (`supportsMasking`) are not passed on.
 */
export function applyStoringHalf(model: LayersModel, x: Tensor): Tensor[] {
  const waiting = readersOf(model);
  const held = new Map<SymbolicTensor, Tensor>([[model.inputs[0]!, x]]);
  return evaluateGraph(model, [x], (node, valueAt) => {
    const inputs = node.inputTensors.map(valueAt);
    const made = node.outboundLayer.apply(inputs.length === 1 ? inputs[0]! : inputs, {
      ...node.callArgs,
      training: true,
    }) as Tensor | Tensor[];
    const outputs = [made].flat();
    node.outputTensors.forEach((output, i) => {
      held.set(output, outputs[i]!);
    });
    for (const input of node.inputTensors) release(input);
    return outputs;
  });

  /** Counts down the layers that still need a value. */
  function release(symbol: SymbolicTensor): void {
    const left = waiting.get(symbol)! - 1;
    waiting.set(symbol, left);
    const value = held.get(symbol)!;
    if (left > 0 || value === x) return;
    held.delete(symbol);
    // A layer may return its input's data in another shape.
    const isStillRead = [...held.values()].some(({ dataId }) => dataId === value.dataId);
    if (isStillRead) return;
    storeHalf(value);
  }
}

/** Counts the readers of each value. Model outputs count too and are never converted. */
function readersOf(model: LayersModel): Map<SymbolicTensor, number> {
  const readers = new Map<SymbolicTensor, number>();
  const read = nodesOf(model).flatMap(({ inputTensors }) => inputTensors);
  for (const symbol of [...read, ...model.outputs]) {
    readers.set(symbol, (readers.get(symbol) ?? 0) + 1);
  }
  return readers;
}
