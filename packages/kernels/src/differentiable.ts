import { customGrad, type Tensor } from '@tensorflow/tfjs-core';

/**
 * tfjs's `customGrad`, with named inputs, saved tensors and gradients. tfjs passes all of them by
 * position, and its types allow one input only.
 *
 * @param forward returns the value, and the tensors that its gradient needs
 * @param backward returns the gradients in all inputs, from the gradient in the value
 */
export function differentiable<
  Inputs extends Record<string, Tensor>,
  Saved extends Record<string, Tensor>,
  Value extends Tensor,
>(
  inputs: Inputs,
  forward: (inputs: Inputs) => { value: Value; saved: Saved },
  backward: (dy: Value, saved: Saved) => { [Name in keyof Inputs]: Tensor },
): Value {
  const names = Object.keys(inputs);
  const named = (list: Tensor[], keys: string[]) =>
    Object.fromEntries(keys.map((key, i) => [key, list[i]!]));
  const op = customGrad((...args) => {
    const save = args.at(-1) as (tensors: Tensor[]) => void;
    const given = named(args.slice(0, -1) as Tensor[], names) as Inputs;
    const { value, saved } = forward(given);
    const keys = Object.keys(saved);
    save(Object.values(saved));
    return {
      value,
      gradFunc: (dy, list) => {
        const gradients = backward(dy as Value, named(list as Tensor[], keys) as Saved);
        return names.map((name) => gradients[name]!);
      },
    };
  });
  return op(...(Object.values(inputs) as [Tensor])) as Value;
}
