import { requireOptions } from '@ds/checks';
import { type Tensor1D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { type ApsPoolOptions, apsChecks, apsChoice } from './aps-axes.js';
import { requireImage, toChannelsLast } from './data-format.js';
import { polyphaseComponents, polyphaseStrides } from './polyphase.js';

/**
 * The grid that `apsPool` keeps of each image, as the index S_w·i + j of its polyphase component:
 * int32 `[batch]`. `polyphaseUpsample` takes it. It has no gradient.
 *
 * @throws ConfigError as `apsPool`.
 */
export function apsGrid(
  x: Tensor4D,
  strides: number | readonly [number, number] = 2,
  options: ApsPoolOptions = {},
): Tensor1D {
  requireImage('apsGrid', x);
  const pair = polyphaseStrides('apsGrid', strides);
  requireOptions('apsGrid', 'options', options, apsChecks(2));
  const { order = 2, dataFormat = 'channelsLast' } = options;
  return tidy(() => {
    return apsChoice(polyphaseComponents(toChannelsLast(x, dataFormat), pair), order);
  });
}
