import {
  backend,
  engine,
  getBackend,
  getGradient,
  getKernel,
  type KernelBackend,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type NamedTensorMap,
  registerGradient,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { OwnKernel } from './backend-kernel.js';

/** The inputs of a kernel by name: tensors, or lists of tensors. */
type Operands = { [name: string]: Tensor | Tensor[] | undefined };

/**
 * The same inputs or results as a backend sees them: without methods, and not on the gradient tape.
 */
export type Infos<T> = T extends Tensor
  ? TensorInfo
  : T extends readonly (infer Item)[]
    ? Infos<Item>[]
    : T extends undefined
      ? undefined
      : T extends object
        ? { [Name in keyof T]: Infos<T[Name]> }
        : T;

/** The order in which named inputs are passed to tfjs as a list. Optional inputs come last. */
interface Order<Inputs> {
  toList(inputs: Inputs): Tensor[];
  toNames<T>(list: T[]): Record<string, T | T[]>;
}

/** Passes tensors in the order of their names. */
export function inOrder<Inputs extends Operands>(
  ...names: readonly (keyof Inputs & string)[]
): Order<Inputs> {
  return {
    toList: (inputs) =>
      names.map((name) => inputs[name] as Tensor | undefined).filter((one) => one !== undefined),
    toNames: (list) => Object.fromEntries(list.map((one, i) => [names[i]!, one])),
  };
}

/** Passes lists of equal lengths, one after the other. */
export function equalLists<Inputs extends Operands>(
  ...names: readonly (keyof Inputs & string)[]
): Order<Inputs> {
  return {
    toList: (inputs) => names.flatMap((name) => inputs[name] as Tensor[]),
    toNames: (list) => {
      const length = list.length / names.length;
      return Object.fromEntries(
        names.map((name, i) => [name, list.slice(i * length, (i + 1) * length)]),
      );
    },
  };
}

/** Returns the gradients of a kernel in its inputs. Each is computed only if tfjs asks for it. */
export type Gradient<Inputs, Attributes> = (
  dy: Tensor,
  inputs: Inputs,
  attributes: Attributes,
) => { [Name in keyof Inputs]?: () => Tensor };

/**
 * The typed contract of a kernel: its name, inputs, attributes and result. Callers and
 * implementations share it, so the compiler finds a mismatch between them.
 *
 * tfjs itself takes a kernel's name as a string, and its inputs and attributes as untyped maps.
 * Only this class converts between the two.
 */
export class Kernel<Inputs extends Operands, Attributes extends object, Result> {
  /**
   * @param name the name under which backends register the kernel
   * @param order the order of the inputs in a list. A kernel with a gradient needs it: tfjs saves
   *   all inputs of a kernel only if they are a list.
   */
  constructor(
    readonly name: string,
    private readonly order?: Order<Inputs>,
  ) {}

  /** Whether the backend in use has an implementation. */
  isHere(): boolean {
    return getKernel(this.name, getBackend()) !== undefined;
  }

  /**
   * Runs the implementation of the backend in use, and records it on the gradient tape. The first
   * call with a gradient registers the gradient with tfjs.
   */
  run(inputs: Inputs, attributes: Attributes, gradient?: Gradient<Inputs, Attributes>): Result {
    const { order } = this;
    if (order && gradient && !getGradient(this.name)) this.registerGradient(order, gradient);
    const operands = order ? order.toList(inputs) : inputs;
    return engine().runKernel(
      this.name,
      operands as NamedTensorMap,
      attributes as NamedAttrMap,
    ) as Result;
  }

  /**
   * Runs the implementation of the backend in use, without tfjs's engine. The gradient tape does
   * not record it, and tfjs does not track the results.
   *
   * @throws Error if the backend in use has no implementation.
   */
  runOnBackend(inputs: Infos<Inputs>, attributes: Attributes): Infos<Result> {
    const kernel = getKernel(this.name, getBackend());
    if (!kernel) {
      throw new Error(
        `${this.name}: the backend must have this kernel, got '${getBackend()}'. ` +
          'Call useBackend of @ds/backend first',
      );
    }
    return kernel.kernelFunc({
      inputs: inputs as NamedTensorInfoMap,
      attrs: attributes as NamedAttrMap,
      backend: backend(),
    }) as Infos<Result>;
  }

  /** Makes an implementation for a backend, in the form that tfjs registers. */
  on<Backend extends KernelBackend>(
    compute: (backend: Backend, inputs: Infos<Inputs>, attributes: Attributes) => Infos<Result>,
  ): OwnKernel {
    return {
      kernelName: this.name,
      make:
        () =>
        ({ backend: own, inputs, attrs }) =>
          compute(
            own as Backend,
            this.named(inputs) as Infos<Inputs>,
            attrs as Attributes,
          ) as TensorInfo,
    };
  }

  /**
   * Returns the inputs by name, and the attributes, from those that tfjs passes to a tape, a
   * profiler or a backend.
   */
  read(inputs: object, attributes: object): { inputs: Inputs; attributes: Attributes } {
    return { inputs: this.named(inputs) as Inputs, attributes: attributes as Attributes };
  }

  private named(inputs: object): object {
    return this.order ? this.order.toNames(Object.values(inputs)) : inputs;
  }

  private registerGradient(order: Order<Inputs>, gradient: Gradient<Inputs, Attributes>): void {
    registerGradient({
      kernelName: this.name,
      saveAllInputs: true,
      gradFunc: (dy, saved, attrs) => {
        const named = order.toNames(saved) as Inputs;
        const gradients = gradient(dy as Tensor, named, attrs as Attributes);
        const constant = (input: string) => () => {
          throw new Error(`${this.name}: ${input} must be constant, got a variable`);
        };
        // tfjs numbers the inputs that are passed as a list.
        const thunks: Record<number, () => Tensor> = Object.keys(named).map(
          (input) => gradients[input] ?? constant(input),
        );
        return thunks;
      },
    });
  }
}
