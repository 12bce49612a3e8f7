import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** What an update rule gets for one parameter at one step. */
export interface ParameterUpdate {
  /** Tells parameters apart from step to step. */
  name: string;
  value: Variable;
  gradient: Tensor;
  learningRate: number;
}

/**
 * An update rule with its state. `step` returns the new value of each parameter, which the caller
 * writes (so that constraints apply) and disposes of; the state's tensors are the rule's own.
 */
export interface Optimizer {
  step(updates: ParameterUpdate[]): Tensor[];
  /** Frees the state. */
  dispose(): void;
}
