import {
  type Check,
  type Checks,
  numberIn,
  refuse,
  requireFunction,
  requireOptions,
} from '@ds/checks';
import type { LayerVariable } from '@tensorflow/tfjs-layers';

/** How a group of parameters is trained. */
export interface ParameterGroup {
  /** Which weights belong to it, by the name of their layer and of the weight (`kernel`, …). */
  matches: (weight: LayerVariable) => boolean;
  /** Factor on the scheduled learning rate. Default 1. */
  learningRateScale?: number;
  /** L2: `weightDecay · w` is added to the gradient. Default 0. */
  weightDecay?: number;
}

/** Options of {@link standardGroups}. */
export interface StandardGroups {
  /** On kernels only, but not on depthwise ones. Default 0. */
  weightDecay?: number;
  /** Factor of the strides' learning rate. Default 1. */
  strideLearningRateScale?: number;
}

/**
 * The usual groups: strides with their own learning rate and no weight decay, kernels with
 * weight decay, and the rest (biases, batch-norm scales and offsets) without.
 *
 * Kernels are the weights whose name ends in `kernel`, such as `kernel`, `pointwise_kernel` and
 * `recurrent_kernel`, and those of `LpsPool` (`kernel1`, `kernel2`). `depthwise_kernel` is left
 * out, as by MobileNets (Howard et al. 2017), since such filters have few parameters. To decay
 * those too, put a group of your own first.
 */
export function standardGroups(options: StandardGroups = {}): ParameterGroup[] {
  requireOptions<StandardGroups>('standardGroups', 'options', options, {
    weightDecay: numberIn(0),
    strideLearningRateScale: numberIn(0),
  });
  const { weightDecay = 0, strideLearningRateScale = 1 } = options;
  return [
    { matches: named(/^strides$/), learningRateScale: strideLearningRateScale },
    { matches: named(/^(?!depthwise_kernel$).*kernel\d*$/), weightDecay },
  ];
}

/** Weights by the last part of their name. */
function named(name: RegExp): (weight: LayerVariable) => boolean {
  return ({ originalName }) => name.test(originalName.split('/').at(-1)!);
}

/**
 * The first group that matches, filled in. A weight that no group claims has factor 1 and decay 0.
 *
 * @throws ConfigError if `matches` returns no boolean, such as a promise.
 */
export function groupOf(
  weight: LayerVariable,
  groups: ParameterGroup[],
): { learningRateScale: number; weightDecay: number } {
  const group = groups.find(({ matches }, i) => {
    const isOfGroup: unknown = matches(weight);
    if (typeof isOfGroup !== 'boolean') {
      refuse('train', `groups[${i}].matches`, 'return true or false', isOfGroup);
    }
    return isOfGroup;
  });
  return {
    learningRateScale: group?.learningRateScale ?? 1,
    weightDecay: group?.weightDecay ?? 0,
  };
}

/**
 * Checks a list of groups. Errors name the group by its place: `groups[1].matches`.
 *
 * @throws ConfigError if the value is not a list of groups, or one lacks `matches`, has an option
 *   of another name, or a number that is not finite and >= 0.
 */
export const requireGroups: Check = (fn, name, value) => {
  if (!Array.isArray(value)) refuse(fn, name, 'be an array', value);
  for (const [index, group] of value.entries()) {
    requireOptions<ParameterGroup>(fn, `${name}[${index}]`, group, GROUP_CHECKS, ['matches']);
  }
};

const GROUP_CHECKS: Checks<ParameterGroup> = {
  matches: requireFunction,
  learningRateScale: numberIn(0),
  weightDecay: numberIn(0),
};
