import { formatCount } from '../text/format.js';
import type { TradeoffPoint } from './points.js';

/** What was done to the networks with rounded strides. `null` if there is none. */
export function roundedSentence(points: TradeoffPoint[], things: string): string | null {
  const rounded = points.filter(({ isRounded }) => isRounded);
  if (rounded.length === 0) return null;
  const images = rounded.map(({ summary }) => summary.rounded?.statisticsImages ?? 0);
  const fewest = Math.min(...images);
  const statistics =
    fewest > 0
      ? `statistics recomputed on ${formatCount(fewest)} training ${things}`
      : 'statistics as trained';
  return (
    `Rounded: integer strides after the training, as strided convolutions, ${statistics}, ` +
    'not trained again.'
  );
}
