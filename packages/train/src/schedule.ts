import {
  ConfigError,
  integerIn,
  refuse,
  requireArray,
  requireInteger,
  requireNumbers,
  requireOptions,
} from '@ds/checks';

/** The learning rate at a step, counted from 0 over the whole training. */
export type Schedule = (step: number) => number;

/** One rate throughout. */
export function constant(rate: number): Schedule {
  requireRate('constant', 'rate', rate);
  return () => rate;
}

/**
 * `rates[i]` up to but not including step `boundaries[i]`, the last rate from there on, as the
 * published CIFAR recipe has it: `piecewise([400, 18_000, 32_000], [0.01, 0.1, 0.01, 0.001])`.
 *
 * @throws ConfigError if the boundaries do not ascend, or there is not one rate more than
 *   boundaries.
 */
export function piecewise(boundaries: number[], rates: number[]): Schedule {
  requireNumbers('piecewise', 'rates', rates, undefined, requireRate);
  requireArray('piecewise', 'boundaries', boundaries);
  boundaries.forEach((boundary, i) => {
    requireInteger('piecewise', `boundaries[${i}]`, boundary, 0);
  });
  if (rates.length !== boundaries.length + 1) {
    const rule = `have ${boundaries.length + 1} values for ${boundaries.length} boundaries`;
    refuse('piecewise', 'rates', rule, rates.length);
  }
  if (boundaries.some((boundary, i) => i > 0 && boundary <= boundaries[i - 1]!)) {
    throw new ConfigError(`piecewise: boundaries must ascend, got [${boundaries.join(', ')}]`);
  }
  return (step) => {
    const at = boundaries.findIndex((boundary) => step < boundary);
    return rates[at === -1 ? rates.length - 1 : at]!;
  };
}

/**
 * A linear rise over `warmup` steps, then half a cosine from `peak` to 0 at `totalSteps`
 * (Loshchilov & Hutter 2017, without restarts): `peak · ½(1 + cos π t)`.
 *
 * @throws ConfigError if totalSteps is not an integer ≥ 1, or warmup not one in 0 … totalSteps.
 */
export function cosine(
  peak: number,
  totalSteps: number,
  options: { warmup?: number } = {},
): Schedule {
  requireRate('cosine', 'peak', peak);
  requireInteger('cosine', 'totalSteps', totalSteps, 1);
  requireOptions('cosine', 'options', options, { warmup: integerIn(0, totalSteps) });
  const { warmup = 0 } = options;
  return (step) => {
    if (step < warmup) return (peak * (step + 1)) / warmup;
    const progress = Math.min((step - warmup) / Math.max(1, totalSteps - warmup), 1);
    return (peak * (1 + Math.cos(Math.PI * progress))) / 2;
  };
}

function requireRate(op: string, name: string, rate: unknown): void {
  if (!Number.isFinite(rate) || (rate as number) < 0) refuse(op, name, 'be finite and >= 0', rate);
}
