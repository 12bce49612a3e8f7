// The curve of learned strides over λ, from the stored medium runs.
import {
  accuracyText,
  deviation,
  inBrackets,
  mean,
  mediumRunsOfAnyPenalty,
  million,
  startOf,
} from './medium-table.mjs';
import { countInWords, listed, seedGroups, seedsText } from './seed-groups.mjs';

/** The initial strides of the curve: the worst guess of the table. */
export const CURVE_START = '3 2 3';

/**
 * The points of the curve by λ: the mean accuracy in percent, its deviation over seeds, the mean
 * multiply-adds and the number of runs.
 *
 * @param folder The folder of the stored results.
 */
export function penaltyCurve(folder) {
  const runs = mediumRunsOfAnyPenalty(folder).filter(
    ({ config }) => config.pooling === 'diffstride' && startOf(config) === CURVE_START,
  );
  const penalties = [...new Set(runs.map(({ config }) => config.lambda))].sort((a, b) => a - b);
  return penalties.map((lambda) => {
    const own = runs.filter(({ config }) => config.lambda === lambda);
    const scores = own.map(({ score }) => 100 * score);
    return {
      lambda,
      accuracy: mean(scores),
      deviation: own.length > 1 ? deviation(scores) : null,
      macs: mean(own.map(({ macs }) => macs)),
      runs: own.length,
    };
  });
}

/** `λ 0.01: 87.1 % at 43.2 M; …`: the points of the curve. */
export function curveText(curve) {
  return curve
    .map((point) => `λ ${point.lambda}: ${accuracyText(point)} % at ${million(point.macs)}`)
    .join('; ');
}

/**
 * The curve in words, and which of its networks are more accurate than every fixed one.
 *
 * @param curve Points of {@link penaltyCurve}.
 * @param starts Rows of `mediumCells`.
 */
export function curveSentences(curve, starts) {
  const points = curve.map(({ lambda, macs, ...point }, at) => {
    const unit = at === 0 ? ' multiply-adds' : '';
    return `${accuracyText(point)} % with ${million(macs)}${unit} at λ = ${lambda}`;
  });
  return (
    `A smaller λ keeps larger maps. From ${inBrackets(CURVE_START)}, learned strides reach ` +
    `${listed(points)} (${seedsOf(curve)}). ${leadSentence(curve, starts)}`
  );
}

/** Which networks of the curve are more accurate than the most accurate fixed network. */
export function leadSentence(curve, starts) {
  const fixed = starts.flatMap(({ strides, cells: [conv, spectral] }) => [
    { name: 'strided', strides, ...conv },
    { name: 'spectral', strides, ...spectral },
  ]);
  const best = fixed
    .filter(({ accuracy }) => accuracy !== undefined)
    .toSorted((a, b) => b.accuracy - a.accuracy)[0];
  const name =
    `the ${best.name} one from ${inBrackets(best.strides)}: ` +
    `${accuracyText(best)} % with ${million(best.macs)}`;
  const ahead = curve.filter(({ accuracy }) => accuracy > best.accuracy);
  if (ahead.length === 0)
    return `None is more accurate than the best fixed network of the table, ${name}.`;
  const penalties = listed(ahead.map(({ lambda }) => `λ = ${lambda}`));
  const leads = listed(ahead.map(({ accuracy }) => (accuracy - best.accuracy).toFixed(1)));
  const subject = ahead.length === 1 ? 'The network' : 'The networks';
  const verb = ahead.length === 1 ? 'is' : 'are';
  return (
    `${subject} with ${penalties} ${verb} ahead of the most accurate fixed network of the table, ` +
    `${name}, by ` +
    `${leads} points. A difference below ${NOISE.toFixed(1)} points may be chance.`
  );
}

/** The 95 % half-width of a difference of two accuracies near 85 % on 10,000 images, in points. */
const NOISE = 100 * 1.96 * Math.sqrt((2 * 0.85 * 0.15) / 10_000);

/** `one seed, two at λ = 0.1`. */
function seedsOf(curve) {
  const [least, ...more] = seedGroups(
    curve.map(({ runs, lambda }) => ({ seeds: runs, name: `${lambda}` })),
  );
  const others = more.map(({ seeds, names }) => `${countInWords(seeds)} at λ = ${listed(names)}`);
  return [seedsText(least.seeds), ...others].join(', ');
}
