/** ε of the tests. */
export const EPSILON = 1e-3;

/** The results of batch norm in training, and its gradients. */
export interface BatchNormValues {
  y: number[];
  mean: number[];
  variance: number[];
  dx: number[];
  dgamma: number[];
  dbeta: number[];
}

/** Computes batch norm and its gradients by their definition, in float64. */
export function batchNormDefinition(
  x: ArrayLike<number>,
  gamma: ArrayLike<number>,
  beta: ArrayLike<number>,
  dy: ArrayLike<number>,
): BatchNormValues {
  const channels = gamma.length;
  const n = x.length / channels;
  const zeros = () => new Array<number>(channels).fill(0);
  const made = { y: [], dx: [], mean: zeros(), variance: zeros(), dgamma: zeros(), dbeta: zeros() };
  const { mean, variance, dgamma, dbeta } = made;
  const xs = Array.from(x, (value, i) => ({ value, up: dy[i]!, c: i % channels }));
  for (const { value, c } of xs) mean[c]! += value / n;
  for (const { value, c } of xs) variance[c]! += (value - mean[c]!) ** 2 / n;
  const sigma = variance.map((spread) => Math.sqrt(spread + EPSILON));
  const normal = xs.map(({ value, c }) => (value - mean[c]!) / sigma[c]!);
  xs.forEach(({ up, c }, i) => {
    dbeta[c]! += up;
    dgamma[c]! += up * normal[i]!;
  });
  const y = xs.map(({ c }, i) => gamma[c]! * normal[i]! + beta[c]!);
  const dx = xs.map(
    ({ up, c }, i) => (gamma[c]! / sigma[c]!) * (up - (dbeta[c]! + normal[i]! * dgamma[c]!) / n),
  );
  return { ...made, y, dx };
}
