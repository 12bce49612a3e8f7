import { ConfigError } from '@ds/checks';
import type { Tensor } from '@tensorflow/tfjs-core';

/** @throws ConfigError if a tensor does not broadcast against another one. */
export function requireBroadcast(
  fn: string,
  name: string,
  { shape }: Tensor,
  against: string,
  other: Tensor,
): void {
  const fits = shape.toReversed().every((size, at) => {
    const own = other.shape.at(-1 - at) ?? 1;
    return size === own || size === 1 || own === 1;
  });
  if (fits) return;
  throw new ConfigError(
    `${fn}: ${name} must broadcast against ${against} of shape [${other.shape}], ` +
      `got shape [${shape}]`,
  );
}
