import { clone, engine, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/** A step of the tape, as tfjs records it. */
interface TapeNode {
  inputs: NamedTensorMap;
  /** Tensors of the forward pass that the gradient needs. */
  saved: Tensor[];
  gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

/**
 * Lets the next gradients free memory while they are computed. tfjs keeps all activations, and the
 * gradient of each, until the last gradient is computed. Here each step of the tape frees what it
 * saved, and the gradients that came into it, as soon as the step before it begins.
 *
 * Call it at the end of the function that `variableGrads` differentiates. The gradients of
 * variables are the same to the last bit. If a version of tfjs hides its tape, memory is kept as
 * before.
 */
export function releaseEarly(): void {
  const { activeTape: tape = [] } = engine().state as { activeTape?: TapeNode[] };
  /** Tensors that are not needed once the next step begins. */
  let spent: Tensor[] = [];
  /** Forwarded tensors, each with its own handle. */
  const handed = new WeakSet<Tensor>();
  /** Inputs that have a gradient already: another is added to it, and can then be freed. */
  const reached = new Set<number>();
  for (const node of tape) {
    const { gradient } = node;
    if (!gradient) continue;
    node.gradient = (dys) => {
      for (const one of spent) one.dispose();
      // A tensor that is kept has another owner.
      spent = dys.filter((dy): dy is Tensor => dy?.kept === false);
      for (const dy of spent) handed.add(dy);
      const thunks = gradient(dys);
      spent.push(...node.saved);
      for (const name in thunks) {
        const thunk = thunks[name]!;
        thunks[name] = () => {
          const found = thunk();
          const dx = handed.has(found) || found.kept ? clone(found) : found;
          handed.add(dx);
          const { id } = node.inputs[name]!;
          if (reached.has(id)) spent.push(dx);
          reached.add(id);
          return dx;
        };
      }
      return thunks;
    };
  }
}
