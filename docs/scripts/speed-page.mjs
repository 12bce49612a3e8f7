import { readFileSync } from 'node:fs';
import { markdownTable } from './markdown-table.mjs';
import { speedupSentence } from './measured-texts.mjs';

/**
 * The page on speed, generated from the stored results of `ds-benchmark speed`: of the main run, of
 * a run on another processor, of FFTs, and of a GPU.
 */
export function speedPage(file, anotherFile, fftFile, gpuFile) {
  const result = JSON.parse(readFileSync(file, 'utf8'));
  const { date, commit, machine, command, contenders, rows, speedups = [] } = result;
  return `# Speed

A script generates this page from a stored run of the benchmark's \`speed\`. Contenders alternate,
so that other load on the machine reaches all of them. It slows those with two threads or replicas
most, since they use both cores. Times are medians with the tenth and ninetieth percentiles. ×2 is
twice as long as the first column, by the median of pairs, which is not the ratio of the two medians.
– was not timed: the contender lacks the operation or its gradient, or would take too long. PyTorch
runs eagerly, with channels first, and is not compiled. glibc keeps its memory between calls, since
new pages for large results can take several times as long as the computation.

${machine}, ${date.slice(0, 10)}, commit ${commit}. ${peaksOf(result)}
Convolutions are counted as direct convolutions. Winograd needs fewer multiplications than are
counted, so the count can exceed a peak.

${contendersTable(contenders)}

${standings(rows, contenders)}

${tablesOf(rows, contenders, '##')}

${twoCoresPart(result, '##')}${replicasPart(speedups, '##')}${anotherPart(anotherFile)}

${gpuPart(gpuFile)}

${fftPart(fftFile)}

## Measure it on your machine

\`\`\`sh
${command}
\`\`\`
`;
}

/** The peaks of a core: of wasm, and of native code if PyTorch was there. */
function peaksOf({ peak, nativePeak, contenders }) {
  const torch = contenders.find(({ name }) => name === 'PyTorch, 1 thread')?.version;
  return [
    ...(peak
      ? [
          `The wasm peak of one core is ${peak.toFixed(1)} GFLOP/s, in the inner loop of our matrix ` +
            'products.',
        ]
      : []),
    ...(nativePeak
      ? [
          `The native peak is ${nativePeak.toFixed(1)} GFLOP/s: the fastest float32 matrix product ` +
            `of ${escaped(torch)} on one thread.`,
        ]
      : []),
  ].join(' ');
}

const THREADS = 'PyTorch, 2 threads';
const MATRICES = 'PyTorch matrices, 2 threads';
const REPLICAS = 'ds wasm, 2 replicas';

/** Compares PyTorch on two threads with our two replicas, row by row. */
function twoCoresPart({ rows, peak, nativePeak }, heading) {
  const both = rows.filter(({ timings }) => timings[THREADS]?.ratio && timings[REPLICAS]?.ratio);
  if (both.length === 0) return '';
  const over = ({ timings }, name) =>
    timings[name]?.ratio ? timings[name].ratio / timings[REPLICAS].ratio : null;
  const factor = (value) => (value === null ? '–' : `×${value.toFixed(2)}`);
  const lost = (name) =>
    both.filter((row) => over(row, name) !== null && over(row, name) < 1).length;
  const asked = (name) => both.filter((row) => over(row, name) !== null).length;
  return [
    `${heading} Two threads against two replicas`,
    '',
    'The time of PyTorch on two threads over ours with two replicas: ×2 means that ours take half as ' +
      'long. Both ratios are medians of pairs with the first contender. In the first column PyTorch ' +
      'takes its FFT where there is one, without gradients of matrices. In the last column it takes ' +
      'the same two matrices as ours.',
    '',
    markdownTable(
      ['case', 'PyTorch, 2 threads', 'with the same matrices'],
      both.map((row) => [
        escaped(`${row.case.group}: ${row.case.name}`),
        factor(over(row, THREADS)),
        factor(over(row, MATRICES)),
      ]),
      ['---', '---:', '---:'],
    ),
    '',
    `PyTorch is ahead in ${lost(THREADS)} of ${asked(THREADS)} rows, and with the same matrices in ` +
      `${lost(MATRICES)} of ${asked(MATRICES)}.` +
      (nativePeak && peak
        ? ` Its libraries compute in vectors of 512 bits here, and its fastest matrix product on one ` +
          `thread does ${(nativePeak / peak).toFixed(1)} times the wasm peak. Our kernels need fewer ` +
          'operations in 3×3 convolutions, by Winograd, and in the poolings, by matrices instead of ' +
          'an FFT. Plain products of matrices need as many as in PyTorch.'
        : ''),
    '',
    '',
  ].join('\n');
}

/** The speedups by replicas, with their intervals. */
function replicasPart(speedups, heading) {
  if (speedups.length === 0) return '';
  const lines = speedups.map((speedup) => `- ${speedupSentence(speedup)}`);
  return [`${heading} Replicas`, '', ...lines, '', ''].join('\n');
}

/** The same comparisons on another processor, without the tables of one core. */
function anotherPart(file) {
  const result = JSON.parse(readFileSync(file, 'utf8'));
  const { date, commit, machine, command, contenders, rows, speedups = [] } = result;
  return [
    '## On another processor',
    `${machine}, ${date.slice(0, 10)}, commit ${commit}. ${peaksOf(result)}`,
    standings(rows, contenders),
    `${twoCoresPart(result, '###')}${replicasPart(speedups, '###')}\`\`\`sh\n${command}\n\`\`\``,
  ].join('\n\n');
}

const contendersTable = (contenders) =>
  markdownTable(
    ['contender', 'version'],
    contenders.map(({ name, version }) => [name, escaped(version)]),
  );

/**
 * A table for each group of cases: the first contender's times, and the ratios of the others to
 * them.
 */
function tablesOf(rows, contenders, heading) {
  const [first, ...others] = contenders.map(({ name }) => name);
  const groups = [...new Set(rows.map((row) => row.case.group))];
  const alignment = ['---', '---:', '---:', ...others.map(() => '---:')];
  const tables = groups.map((group) => {
    const lines = rows
      .filter((row) => row.case.group === group)
      .map(({ case: { name }, timings }) => {
        const own = timings[first];
        return [
          escaped(name),
          own && 'median' in own ? `${ms(own.median)} ms (${ms(own.low)}–${ms(own.high)})` : '–',
          own?.gflops ? own.gflops.toFixed(1) : '',
          ...others.map((other) => ratio(timings[other])),
        ];
      });
    const table = markdownTable(['case', first, 'GFLOP/s', ...others], lines, alignment);
    return `${heading} ${escaped(group)}\n\n${table}`;
  });
  return tables.join('\n\n');
}

/**
 * The measurements on a real GPU: time on the GPU, what the host adds, and PyTorch on the same
 * card.
 */
function gpuPart(file) {
  const stored = JSON.parse(readFileSync(file, 'utf8'));
  const { date, commit, machine, command, device, peak, contenders, rows } = stored;
  const { gpuTime, between, host } = stored;
  const largest = ({ kernels }) =>
    Object.entries(kernels)
      .map(([name, value]) => `${name} ${value.toPrecision(3)}`)
      .join(', ');
  return [
    '## On a GPU',
    `${device}; ${machine}; ${date.slice(0, 10)}, commit ${commit}. The GPU does ` +
      `${(peak / 1000).toFixed(0)} TFLOP/s in registers (float32, our own program).` +
      (contenders.some(({ name }) => name.startsWith('PyTorch'))
        ? ' PyTorch runs in float32 too, without TF32.'
        : ''),
    'Time on the GPU alone, by timestamp queries.' +
      `${between ? ` Between the two measurements, ${between}` : ''}:`,
    markdownTable(
      ['case', 'dispatches', 'before, ms', 'after, ms', 'largest before', 'largest after'],
      gpuTime.map(({ name, dispatches, before, after }) => [
        escaped(name),
        dispatches,
        ms(before.sum),
        ms(after.sum),
        largest(before),
        largest(after),
      ]),
      ['---', '---:', '---:', '---:', '---', '---'],
    ),
    [hostSentences(host, gpuTime), standings(rows, contenders)].filter(Boolean).join(' '),
    contendersTable(contenders),
    tablesOf(rows, contenders, '###'),
    `\`\`\`sh\n${command}\n\`\`\``,
  ].join('\n\n');
}

/**
 * Sentences about the times of one step: whether the host or the GPU limits it, and how the host
 * spends its time.
 */
function hostSentences({ name, ms: step, dispatches, parts }, gpuTime) {
  const times = Object.values(parts);
  const rest = step - times.reduce((sum, time) => sum + time, 0);
  const onGpu = gpuTime.find((one) => one.name === name)?.after.sum;
  const works = onGpu === undefined ? '' : `, and the GPU works for ${percent(onGpu / step)} of it`;
  const shown = Object.entries(parts).map(([part, time]) => `${part}: ${ms(time)} ms`);
  const hostIsLimit = onGpu < step / 2;
  return [
    ...(onGpu === undefined ? [] : [`**The ${hostIsLimit ? 'host' : 'GPU'} is the limit.**`]),
    `${escaped(name)}: ${ms(step)} ms a step${works}.`,
    ...(shown.length > 0
      ? [`Of ${dispatches} dispatches, the driver's part is: ${escaped(shown.join('; '))}.`]
      : []),
    ...(shown.length > 0 && rest > 0
      ? [`The other ${ms(rest)} ms are tfjs's own bookkeeping.`]
      : []),
    'The times below are of whole calls' +
      (hostIsLimit ? ', so they say more about the host than about the programs.' : '.'),
  ].join(' ');
}

/**
 * Counts the rows in which each other contender was faster than the first, and names the worst and
 * the best row of the first in comparison.
 */
function standings(rows, contenders) {
  const [first, ...all] = contenders.map(({ name }) => name);
  // More cores than the first one has, or ours again.
  const others = all.filter((name) => !/^ds |, 2 threads$/.test(name));
  const each = others.flatMap((other) => {
    const ratios = rows.flatMap(({ timings }) => timings[other]?.ratio ?? []);
    if (ratios.length === 0) return [];
    const ahead = ratios.filter((one) => one < 1).length;
    const share = ahead === ratios.length ? 'all' : ahead === 0 ? 'none of' : `${ahead} of`;
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((one) =>
      one.toPrecision(3),
    );
    return [`${escaped(other)} in ${share} ${ratios.length} rows (×${least} to ×${most})`];
  });
  return each.length > 0 ? `Faster than ${escaped(first)} are: ${each.join('; ')}.` : '';
}

/** Compares real FFTs with those of other packages and numpy. */
function fftPart(file) {
  const { date, machine, command, contenders, rows } = JSON.parse(readFileSync(file, 'utf8'));
  const [first, ...others] = contenders.map(({ name }) => name);
  const us = ({ median }) =>
    median >= 0.1 ? (1000 * median).toFixed(0) : (1000 * median).toPrecision(3);
  return [
    '## Real FFTs',
    `${contenders.map(({ name, version }) => `${name} (${escaped(version)})`).join(', ')}. ` +
      `${machine}, ${date.slice(0, 10)}.`,
    markdownTable(
      ['length', `${first}, µs`, ...others],
      rows.map(({ shape, times }) => [
        shape.join('×'),
        us(times[first]),
        ...others.map((name) => (times[name] ? `×${times[name].ratio.toPrecision(3)}` : '–')),
      ]),
      ['---', '---:', ...others.map(() => '---:')],
    ),
    `\`\`\`sh\n${command}\n\`\`\``,
  ].join('\n\n');
}

function ratio(timing) {
  if (!timing) return '';
  return 'median' in timing ? `×${timing.ratio.toPrecision(3)}` : '–';
}

function percent(share) {
  return `${(100 * share).toFixed(0)} %`;
}

function ms(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function escaped(text) {
  return text.replace(/[|<>{}]/g, (character) => `&#${character.charCodeAt(0)};`);
}
