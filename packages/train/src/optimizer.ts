import {
  refuse,
  requireArray,
  requireInteger,
  requireNumber,
  requireObject,
  requireString,
  requireTensor,
} from '@ds/checks';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** The input of an update rule for one parameter at one step. */
export interface ParameterUpdate {
  /** Identifies the parameter across steps. */
  name: string;
  value: Variable;
  gradient: Tensor;
  learningRate: number;
}

/** The state of an update rule: the number of steps, and tensors by name of the parameter. */
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
  /** The current state. Its tensors belong to the rule, and the next step changes them. */
  state(): OptimizerState;
  /** Restores a state. Its tensors then belong to the rule. */
  restore(state: OptimizerState): void;
  /** Frees the state. */
  dispose(): void;
}

/**
 * @throws ConfigError if an update lacks a part, two have one name, or its gradient and its value
 *   differ in shape.
 */
export function requireUpdates(op: string, updates: ParameterUpdate[]): void {
  requireArray(op, 'updates', updates);
  const names = new Set<string>();
  updates.forEach((update, i) => {
    requireObject(op, `updates[${i}]`, update);
    const { name, value, gradient, learningRate } = update;
    requireString(op, `updates[${i}].name`, name);
    if (names.has(name)) refuse(op, `updates[${i}].name`, 'differ from those before it', name);
    names.add(name);
    requireTensor(op, `updates[${i}].value`, value);
    requireTensor(op, `updates[${i}].gradient`, gradient);
    requireNumber(op, `updates[${i}].learningRate`, learningRate);
    if (gradient.shape.join() !== value.shape.join()) {
      refuse(op, `updates[${i}].gradient`, `have shape [${value.shape}]`, gradient.shape);
    }
  });
}

/**
 * Requires that the state of a parameter has its shape. Other shapes may broadcast, and train
 * something else.
 *
 * @throws ConfigError that names the parameter.
 */
export function requireSlot(op: string, { name, value }: ParameterUpdate, slot: Tensor): void {
  if (slot.shape.join() === value.shape.join()) return;
  refuse(op, `the state of '${name}'`, `have shape [${value.shape}]`, slot.shape);
}

/**
 * @throws ConfigError if a state does not have this number of tensors for each parameter, or has
 *   made steps without any parameter.
 */
export function requireState(op: string, state: OptimizerState, tensors: number): void {
  requireObject(op, 'state', state);
  requireInteger(op, 'state.steps', state.steps, 0);
  if (!(state.slots instanceof Map)) refuse(op, 'state.slots', 'be a Map', state.slots);
  if (tensors > 0 && state.steps > 0 && state.slots.size === 0) {
    refuse(op, 'state.slots', `have the parameters of its ${state.steps} steps`, state.slots.size);
  }
  for (const [name, slot] of state.slots) {
    const fits = tensors > 0 && Array.isArray(slot) && slot.length === tensors;
    const rule =
      tensors > 0 ? `be ${tensors} tensors` : 'not exist: this optimizer keeps no tensors';
    if (!fits) refuse(op, `state.slots of ${name}`, rule, slot);
    for (const tensor of slot) requireTensor(op, `state.slots of ${name}`, tensor);
  }
}
