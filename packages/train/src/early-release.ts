import { clone, engine, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/** A step of the tape, as tfjs records it. */
interface TapeNode {
  inputs: NamedTensorMap;
  /** What the gradient needs of the way there. */
  saved: Tensor[];
  gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

/**
 * Lets the gradients that are about to be computed give memory back on their way. tfjs keeps everything until the last of them is there: all
 * activations, and the gradient of each. Here what a step of the tape saved, and the gradients that came into it, are freed as soon as the
 * step before it has its turn.
 *
 * To be called at the end of what `variableGrads` differentiates; the gradients of variables are the same to the last bit. Where a version
 * of tfjs does not show its tape, memory is kept as before.
 */
export function releaseEarly(): void {
  const { activeTape: tape = [] } = engine().state as { activeTape?: TapeNode[] };
  /** What nobody needs once the next step begins. */
  let spent: Tensor[] = [];
  /** Tensors that were handed on, each under a handle of its own. */
  const handed = new WeakSet<Tensor>();
  /** Inputs that have a gradient already: another is added to it, and is spent then. */
  const reached = new Set<number>();
  for (const node of tape) {
    const { gradient } = node;
    if (!gradient) continue;
    node.gradient = (dys) => {
      for (const one of spent) one.dispose();
      // What is kept belongs to somebody else.
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
