import { numberIn, requireModel, requireOptions, requirePositive } from '@ds/checks';
import { div, mul, type Scalar, scalar, square, sub, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { costOf, LEARNED_COST_CHECKS, type LearnedCostOptions } from './learned-cost.js';

/** Options of {@link budgetLoss}. */
export interface BudgetLossOptions extends LearnedCostOptions {
  /** λ ≥ 0, the factor of the penalty. Default 1. */
  lambda?: number;
}

/**
 * The penalty that draws a network to a computational budget (DNArch, Romero & Zeghidour 2023):
 *
 *     λ (C/C* − 1)²
 *
 * C is the {@link learnedCost}, in multiply-adds for one image, and C* the budget. A network that
 * is cheaper than the budget grows. Call the returned function inside the loss function that is
 * differentiated, and add its result to the loss: `penalty: budgetLoss(model, 10e6)` in `train` of
 * `@ds/train`. The default `sizes: 'kept'` draws the true cost to the budget.
 *
 * @param macs C* > 0.
 * @throws ConfigError if macs is not positive, lambda is negative, or as {@link learnedCost}.
 */
export function budgetLoss(
  model: LayersModel,
  macs: number,
  options: BudgetLossOptions = {},
): () => Scalar {
  requireModel('budgetLoss', 'model', model);
  requirePositive('budgetLoss', 'macs', macs);
  requireOptions<BudgetLossOptions>('budgetLoss', 'options', options, {
    ...LEARNED_COST_CHECKS,
    lambda: numberIn(0),
  });
  const { lambda = 1, ...cost } = options;
  // A wrong model throws here, and not in the first step.
  costOf('budgetLoss', model, cost).dispose();
  return () =>
    tidy(() => {
      const ratio = div(costOf('budgetLoss', model, cost), scalar(macs));
      return mul(square(sub(ratio, scalar(1))), scalar(lambda)) as Scalar;
    });
}
