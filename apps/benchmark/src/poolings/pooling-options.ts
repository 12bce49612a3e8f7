import { isDeepStrictEqual } from 'node:util';
import { describe, nearest } from '@ds/checks';
import { poolingLayer, poolingNames } from '@ds/layers';

/** Options that the model sets itself. */
const OF_THE_MODEL = ['name', 'strides'];

/** The options of a pooling, as its layer saves them. Strided convolutions have none. */
export function poolingOptions(pooling: string): string[] {
  if (pooling === 'conv') return [];
  // A stride of 2 suits all of them, also those that take integers only.
  return Object.keys(savedConfig(pooling, {})).filter((name) => !OF_THE_MODEL.includes(name));
}

/**
 * Checks the names of a pooling's options.
 *
 * @throws Error that names the option, its value, and what is allowed.
 */
export function requireOptionNames(pooling: string, options: Record<string, unknown>): void {
  requirePoolingName(pooling);
  const known = poolingOptions(pooling);
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) {
      const hint = nearest(name, known);
      const allowed = known.length > 0 ? `(${hint}?); it has ${known.join(', ')}` : '(it has none)';
      throw new Error(`${pooling} has no option '${name}' ${allowed}, got ${describe(value)}`);
    }
  }
}

/**
 * Checks a pooling's options, names and values, by making one for each stride.
 *
 * @throws Error that names the option, its value, and what is allowed.
 */
export function requirePoolingOptions(
  pooling: string,
  options: Record<string, unknown>,
  strides: number[],
): void {
  requireOptionNames(pooling, options);
  if (pooling === 'conv' && !strides.every(Number.isInteger)) {
    throw new Error(`conv takes integer strides, got [${strides.join(', ')}]`);
  }
  for (const stride of new Set(strides)) {
    const saved = savedConfig(pooling, options, stride);
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined && !isDeepStrictEqual(saved[name], value)) {
        throw new Error(
          `${pooling} decides '${name}' itself, as ${describe(saved[name])}: ` +
            `leave it out, got ${describe(value)}`,
        );
      }
    }
  }
}

/**
 * Checks that `--smoothness`, `--norm` and `--lambda` reach a pooling. Of several poolings one is
 * enough.
 *
 * @throws Error that names the flag, its value, and the poolings that have the option.
 */
export function requireOptionFlags(
  { smoothness, norm, lambda = 0 }: { smoothness?: number; norm?: string; lambda?: number },
  poolings: string[],
): void {
  if (lambda > 0 && !poolings.some(learnsStrides)) {
    throw new Error(
      `--lambda is for poolings with learned strides (${poolingNames().filter(learnsStrides).join(', ')}), ` +
        `and not for ${[...new Set(poolings)].join(', ')}, got ${lambda}`,
    );
  }
  for (const [name, value] of Object.entries({ smoothness, norm })) {
    if (value === undefined) continue;
    if (poolings.some((pooling) => poolingOptions(pooling).includes(name))) continue;
    const having = poolingNames().filter((pooling) => poolingOptions(pooling).includes(name));
    const none = [...new Set(poolings)].join(', ');
    throw new Error(
      `--${name} is an option of ${having.join(', ')}, and not of ${none}, got ${describe(value)}. ` +
        'Leave it out, or choose one of those poolings',
    );
  }
}

/** @throws Error if the pooling of `--learner` has no strides that train. */
export function requireLearner(pooling: string): void {
  requirePoolingName(pooling);
  if (learnsStrides(pooling)) return;
  throw new Error(
    `--learner must be a pooling with learned strides ` +
      `(${poolingNames().filter(learnsStrides).join(', ')}), got ${pooling}`,
  );
}

/** Whether a pooling has strides that train, so that λ·J applies to it. */
function learnsStrides(pooling: string): boolean {
  if (pooling === 'conv') return false;
  const { strideVariable } = poolingLayer(pooling, { name: 'options', strides: [2, 2] });
  // It is `null` until the layer is built.
  return strideVariable !== undefined;
}

/** @throws Error with the nearest registered name if a pooling is not registered. */
export function requirePoolingName(pooling: string): void {
  const names = ['conv', ...poolingNames()];
  if (!names.includes(pooling)) {
    throw new Error(
      `pooling must be one of ${names.join(', ')}, got ${JSON.stringify(pooling)} ` +
        `(${nearest(pooling, names)}?); one of your own needs --import <module>`,
    );
  }
}

/** The configuration with which a pooling's layer is saved. */
function savedConfig(pooling: string, options: Record<string, unknown>, stride = 2) {
  if (pooling === 'conv') return {};
  const strides: [number, number] = [stride, stride];
  return poolingLayer(pooling, { ...options, name: 'options', strides }).getConfig();
}
