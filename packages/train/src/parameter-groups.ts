import { numberIn, requireOptions } from '@ds/checks';
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
  /** On kernels only. Default 0. */
  weightDecay?: number;
  /** Factor of the strides' learning rate. Default 1. */
  strideLearningRateScale?: number;
}

/**
 * The usual groups: strides with a learning rate of their own and no weight decay, kernels with
 * weight decay, and the rest (biases, batch-norm scales and offsets) without.
 */
export function standardGroups(options: StandardGroups = {}): ParameterGroup[] {
  requireOptions<StandardGroups>('standardGroups', 'options', options, {
    weightDecay: numberIn(0),
    strideLearningRateScale: numberIn(0),
  });
  const { weightDecay = 0, strideLearningRateScale = 1 } = options;
  return [
    { matches: named('strides'), learningRateScale: strideLearningRateScale },
    { matches: named('kernel'), weightDecay },
  ];
}

/** Weights by the last part of their name. */
function named(name: string): (weight: LayerVariable) => boolean {
  return ({ originalName }) => originalName.split('/').at(-1) === name;
}

/** The first group that matches, filled in; a weight that no group claims has factor 1, decay 0. */
export function groupOf(
  weight: LayerVariable,
  groups: ParameterGroup[],
): { learningRateScale: number; weightDecay: number } {
  const group = groups.find(({ matches }) => matches(weight));
  return {
    learningRateScale: group?.learningRateScale ?? 1,
    weightDecay: group?.weightDecay ?? 0,
  };
}

export function requireGroups(op: string, groups: ParameterGroup[]): void {
  for (const [index, { learningRateScale = 1, weightDecay = 0 }] of groups.entries()) {
    if (!(learningRateScale >= 0 && weightDecay >= 0)) {
      throw new Error(
        `${op}: groups[${index}] must have learningRateScale and weightDecay >= 0, got ${learningRateScale} and ${weightDecay}`,
      );
    }
  }
}
