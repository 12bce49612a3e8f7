/** What shift consistency is, in one sentence. */
export const SHIFT_CONSISTENCY =
  'Shift consistency is the share of equal predictions for pairs of circular shifts of one ' +
  'example (Zhang 2019): 100 % means that a small shift never changes the answer.';

/** What J = Σ_l Π_{i≤l} 1/(S_h·S_w) is. */
export const COMPLEXITY =
  'J is the paper’s measure of cost: the area of the map after each pooling, as a share of the ' +
  'input’s, summed over all poolings. Larger strides leave smaller maps, and so a smaller J.';
