/** What shift consistency is, in one sentence. */
export const SHIFT_CONSISTENCY =
  'Shift consistency is the share of equal predictions for pairs of circular shifts of one ' +
  'example (Zhang 2019): 100 % means that a small shift never changes the answer.';

/** What J is, in one sentence. */
export const COMPLEXITY =
  'J is the paper’s measure of cost, Σ Π 1/(S_h·S_w) over all poolings: larger strides leave ' +
  'smaller maps, and so a smaller J.';
