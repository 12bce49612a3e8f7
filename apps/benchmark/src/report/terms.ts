/** What shift consistency is, in one sentence. */
export const SHIFT_CONSISTENCY =
  'Shift consistency is the share of equal predictions for pairs of circular shifts of one ' +
  'example (Zhang 2019): 100 % means that a small shift never changes the answer.';

/** What J = Σ_l Π_{i≤l} 1/(S_h·S_w) is. */
export const COMPLEXITY =
  'J is the paper’s measure of cost, from the strides alone: the sum over the poolings of the ' +
  'product of 1/(S_h·S_w) so far. The maps of DiffStride are larger, by its ramp.';
