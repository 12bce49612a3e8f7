// The page "What we could and could not reproduce". It compares the papers' numbers with stored
// ones.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { audioStartSection } from './audio-start.mjs';
import { audioTrialsSection } from './audio-trials.mjs';
import { projectionSection } from './full-size-projection.mjs';
import { choicesSection } from './held-out-choices.mjs';
import { markdownTable } from './markdown-table.mjs';
import {
  bestFixedSentence,
  differencesSentence,
  guessSentences,
  LAMBDA,
  mediumCells,
  mediumTable,
  roundedRuns,
  seedsInWords,
} from './medium-table.mjs';
import { mediumTime } from './medium-time.mjs';
import { otherPoolings, otherPoolingsSentences } from './other-poolings.mjs';
import { curveSentences, penaltyCurve } from './penalty-curve.mjs';
import { claims } from './reproduced-claims.mjs';

/**
 * The page, from the stored results in a folder, the times of their networks, the first steps of
 * the audio network, and the times on a GPU.
 */
export function reproducedPage(folder, timeFile, audioStartFile, gpuFile) {
  const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
  const resultOf = (name) => read(path.join(folder, `${name}.json`));
  const rowsOf = (name) => resultOf(name).rows;
  const starts = mediumCells(folder);
  const curve = penaltyCurve(folder);
  const table = rowsOf('10-cifar10-quick');
  const sounds = resultOf('40-audio-quick');
  return [
    claimsSection({
      starts,
      curve,
      rounded: roundedRuns(folder),
      table,
      tradeoff: rowsOf('20-tradeoff-quick'),
      search: rowsOf('30-search-quick'),
      sounds: sounds.rows,
      shift: rowsOf('50-shift-quick'),
    }),
    mediumSection(starts, table, curve, otherPoolings(folder)),
    mediumTime(read(timeFile)),
    audioStartSection(read(audioStartFile), sounds),
    audioTrialsSection(
      resultOf('44-audio-known-trials'),
      resultOf('45-audio-unseen-trials'),
      resultOf('46-audio-unseen'),
    ),
    projectionSection(read(gpuFile)),
    choicesSection(rowsOf('70-medium-trials'), rowsOf('72-quick-rates')),
    REPEAT_SECTION,
  ].join('\n\n');
}

/** What the page compares, and the table of the claims. */
function claimsSection(results) {
  return [
    '# What we could and could not reproduce',
    'Claims of the papers, with their numbers and the stored ones of this project. A script ' +
      'makes this page from [the stored results](/results). *Medium* runs train a ResNet-18 of ' +
      'width 8 on all images of CIFAR-10 for ten epochs, *quick* runs on ten thousand of them for ' +
      'three. The paper trains a network of width 64 for 400 epochs. So compare orders and shapes, ' +
      'not heights.',
    markdownTable(['claim', 'the paper', 'here', 'reasons and limits'], claims(results)),
  ].join('\n\n');
}

/** The paper's table from the medium runs, whose accuracies of the paper are in the quick one. */
function mediumSection(starts, quickTable, curve, others) {
  const paperOf = (strides, pooling) =>
    quickTable.find((row) => row.strides === strides && row.pooling === pooling).paper;
  return [
    '## The paper’s table at medium size',
    'Test accuracy and multiply-adds per image after ten epochs on all images, at width 8, from the ' +
      `initial strides of the paper’s table. DiffStride has the penalty λ = ${LAMBDA}. The mean and ` +
      'the deviation are over the starts that have all three poolings; ± is over seeds. The paper’s column has its ' +
      'accuracies in the same order, after 400 epochs at width 64.',
    mediumTable(starts, paperOf),
    `${differencesSentence(starts)} ${guessSentences(starts)} ${bestFixedSentence(starts)} Each network ` +
      `has ${seedsInWords(starts)}.`,
    curveSentences(curve, starts),
    otherPoolingsSentences(others, curve),
  ].join('\n\n');
}

const REPEAT_SECTION = [
  '## Make a result again',
  '```sh\nnpx ds-benchmark reproduce 60-tradeoff-medium --poolings conv\n```',
  'This executes the stored configurations again and compares the scores.',
].join('\n\n');
