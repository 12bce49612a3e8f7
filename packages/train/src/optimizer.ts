import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** What an update rule gets for one parameter at one step. */
export interface ParameterUpdate {
  /** Tells parameters apart from step to step. */
  name: string;
  value: Variable;
  gradient: Tensor;
  learningRate: number;
}

/** The state of an update rule: the steps it has made, and what it remembers of each parameter, by name. */
export interface OptimizerState {
  steps: number;
  slots: Map<string, Tensor[]>;
}

/**
 * An update rule with its state. `step` returns the new value of each parameter, which the caller
 * writes (so that constraints apply) and disposes of; the state's tensors are the rule's own.
 */
export interface Optimizer {
  step(updates: ParameterUpdate[]): Tensor[];
  /** The state as it stands; its tensors stay the rule's own, and change with the next step. */
  state(): OptimizerState;
  /** Goes on from a state, whose tensors are the rule's from then on. */
  restore(state: OptimizerState): void;
  /** Frees the state. */
  dispose(): void;
}
