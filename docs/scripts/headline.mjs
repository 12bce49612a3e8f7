// The head of the README: its first sentences, and what the stored medium runs show.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  bestFixedSentence,
  differencesSentence,
  firstSentences,
  guessSentences,
  headlineTable,
  mediumCells,
  seedsFrom,
  spanOf,
  startsBySeeds,
} from './medium-table.mjs';
import { otherPoolings, otherPoolingsSentences } from './other-poolings.mjs';
import { curveSentences, penaltyCurve } from './penalty-curve.mjs';
import { seedsText } from './seed-groups.mjs';
import { wrapped } from './wrapped.mjs';

const at = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Each passage is between `<!-- headline: name -->` and `<!-- end -->`. */
const BLOCK = /(<!-- headline: ([\w-]+) -->\n)[\s\S]*?(\n<!-- end -->)/g;

/** The README with the passages of the stored runs. */
export function withHeadline(readme) {
  const starts = mediumCells(at('results'));
  const times = JSON.parse(readFileSync(at('medium-time/stored.json'), 'utf8'));
  const passages = {
    guesses: guesses(starts),
    runs: runs(starts, times, penaltyCurve(at('results'))),
  };
  return readme.replace(BLOCK, (_, begin, name, end) => {
    const passage = passages[name];
    if (!passage) throw new Error(`headline: no passage has the name '${name}'`);
    return `${begin}${wrapped(passage)}${end}`;
  });
}

function guesses(starts) {
  return (
    `${firstSentences(starts)} To try another guess, you must train again. A strided convolution ` +
    'can also alias: shift a picture by a pixel, and the prediction may change.'
  );
}

function runs(starts, times, curve) {
  const [least, ...more] = startsBySeeds(starts);
  const each = seedsText(least.seeds);
  const seeds =
    least.seeds > 1
      ? `${each} or more`
      : [`${each} for each start`, ...more.map(seedsFrom)].join(', and ');
  return [
    headlineTable(starts, times),
    `${guessSentences(starts)} ${bestFixedSentence(starts)} ${differencesSentence(starts)}`,
    curveSentences(curve, starts),
    otherPoolingsSentences(otherPoolings(at('results')), curve),
    'The networks have width 8 and train for ten epochs on all images of CIFAR-10, those of the ' +
      `table with ${seeds}. Two seeds of one network differ by up to ${largestGap(starts)} points. Times are ` +
      'for one image on one core. Only DiffStride has a penalty, λ·J, where J estimates a ' +
      'network’s work from its strides ([the formula](docs/theory/regularizer.md)). The penalty ' +
      'makes the costs of networks with the same λ similar. No setting was chosen on test images; ' +
      'only the starts and the network named above were picked after the test. The paper trains for 400 epochs at ' +
      `width 64. There, learned strides are the best from every start (${paperSpans()}). We have ` +
      'not repeated that. All runs are in [docs/results](docs/results).',
  ].join('\n\n');
}

/** `92.3–92.8 %, spectral 89.2–92.4 %, strided 82.0–91.4 %`: the paper's accuracies. */
function paperSpans() {
  const { rows } = JSON.parse(readFileSync(at('results/10-cifar10-quick.json'), 'utf8'));
  const span = (pooling) =>
    spanOf(rows.filter((row) => row.pooling === pooling).map(({ paper }) => paper));
  return `${span('diffstride')} %, spectral ${span('spectral')} %, strided ${span('conv')} %`;
}

/** The largest difference of two seeds of a network, in points. */
function largestGap(starts) {
  const gaps = starts
    .flatMap(({ cells }) => cells)
    .filter((cell) => cell !== null)
    .map(({ bySeed }) => {
      const scores = Object.values(bySeed);
      return Math.max(...scores) - Math.min(...scores);
    });
  return Math.max(...gaps).toFixed(1);
}
