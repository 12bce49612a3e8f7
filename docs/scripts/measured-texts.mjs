// The passages of hand-written pages that have figures of the stored run of `speed`. Each is
// between `<!-- measured: name -->` and `<!-- end -->`. `store-speed.mjs` writes them again.
import { markdownTable } from './markdown-table.mjs';
import { wrapped } from './wrapped.mjs';

/** The pages with such passages. */
export const PAGES = ['README.md', 'packages/backend/README.md', 'docs/contribute/why.md'];

const BLOCK = /(<!-- measured: ([\w-]+) -->\n)[\s\S]*?(\n[ ]*<!-- end -->)/g;

/**
 * A page whose passages have the figures of a result of `speed`, and of one on another processor.
 */
export function withMeasuredTexts(page, result, another) {
  return page.replace(BLOCK, (_, begin, name, end) => {
    const passage = PASSAGES[name];
    if (!passage) throw new Error(`measured-texts: no passage has the name '${name}'`);
    // A passage in a list is indented like its end.
    return `${begin}${wrapped(passage(result, another), /[ ]*(?=<)/.exec(end)[0])}${end}`;
  });
}

/** The names of the passages on a page. */
export function passagesOf(page) {
  return [...page.matchAll(BLOCK)].map(([, , name]) => name);
}

const PASSAGES = {
  poolings: poolingSentences,
  convolutions: convolutionSentences,
  steps: stepSentences,
  replicas: replicaSentences,
  'another-processor': anotherSentences,
  resample: resampleSentences,
  'kernel-table': kernelTable,
};

function poolingSentences(result) {
  const { machine } = result;
  const rows = result.rows.filter(({ case: { kind } }) => /^(spectral|diffstride)$/.test(kind));
  return [
    'Forward and backward passes of spectral pooling and DiffStride were timed on one core',
    `(${machine}). ${torchOn(result, 'ran on one thread')}`,
    spanOf(rows, 'PyTorch, 1 thread', 'With its FFT, it'),
    spanOf(rows, 'PyTorch matrices, 1 thread', 'With the same two matrices, it'),
    spanOf(
      result.rows.filter(({ case: { gradients } }) => gradients === 'all'),
      'PyTorch matrices, 1 thread',
      'The worst rows are those of `resample` with the gradients of both matrices too: there PyTorch',
    ),
  ].join(' ');
}

/** `PyTorch 2.13.0+cpu, AVX512`. */
function versionOf({ contenders }) {
  const { version } = contenders.find(({ name }) => name === 'PyTorch, 1 thread') ?? {};
  if (!version) throw new Error('measured-texts: the run must have timed PyTorch, it did not');
  return version;
}

/** `PyTorch 2.13.0+cpu, AVX512, ran on one thread.` */
function torchOn(result, predicate) {
  const version = versionOf(result);
  return `${version}${version.includes(',') ? ',' : ''} ${predicate}.`;
}

function convolutionSentences(result) {
  const { peak, nativePeak } = result;
  const rows = ['forward', 'input', 'filter'].flatMap((pass) =>
    convolutions(result, ({ filters }) => filters >= 32, pass),
  );
  return [
    `3×3 convolutions of 32 to 256 channels and their gradients reach ${rates(rows)} GFLOP/s on one`,
    'core, counted as direct convolutions. Winograd needs fewer multiplications than are counted.',
    `So the count can exceed ${peak.toFixed(0)} GFLOP/s, the peak of wasm on this core.`,
    ...(nativePeak
      ? [`PyTorch's fastest matrix product on one thread does ${nativePeak.toFixed(0)} GFLOP/s.`]
      : []),
    spanOf(rows, 'PyTorch, 1 thread', 'For these convolutions, PyTorch on one thread'),
    `tfjs takes ${ratios(rows, 'tfjs wasm')} as long, and lacks the filter gradient.`,
  ].join(' ');
}

function stepSentences(result) {
  const rows = result.rows.filter(({ case: { kind } }) => kind === 'step');
  const sizes = [...new Set(rows.map((row) => `width ${row.case.width}, batch ${row.case.batch}`))];
  return [
    'A training step of ResNet-18 was timed on one core. The first factor in brackets is the time of',
    `PyTorch (${versionOf(result).replace('PyTorch ', '')}) on one thread, divided by ours, as the median of pairs of steps.`,
    'The second factor is that of PyTorch on two threads and of two replicas of ours.',
    ...sizes.map((size) => {
      const each = rows
        .filter((row) => row.case.name.endsWith(size))
        .map(
          ({ case: { pooling }, timings }) =>
            `${ms(own(result, timings).median)} ms with ${POOLING[pooling]} ` +
            `(×${timings['PyTorch, 1 thread'].ratio.toPrecision(3)}, ${onTwoCores(timings)})`,
        );
      const [{ case: step }] = rows.filter((row) => row.case.name.endsWith(size));
      return `At width ${step.width} and batch ${step.batch}, it takes ${listed(each)}.`;
    }),
  ].join(' ');
}

/** Where PyTorch is ahead on a processor with a higher native peak. */
function anotherSentences(_, { machine, peak, nativePeak, rows }) {
  const names = ['PyTorch, 1 thread', 'PyTorch, 2 threads'];
  const own = ['ds wasm', 'ds wasm, 2 replicas'];
  const factors = names.map((name, i) =>
    rows.flatMap(({ case: { kind }, timings }) => {
      const [theirs, ours] = [timings[name]?.ratio, timings[own[i]]?.ratio];
      return theirs && ours ? [{ kind, factor: theirs / ours }] : [];
    }),
  );
  const ahead = factors.map((list) => list.filter(({ factor }) => factor < 1).length);
  const spanOfKind = (kind) =>
    factors
      .map((list) => list.filter((one) => one.kind === kind).map(({ factor }) => factor))
      .map((list) => `×${span(list, (value) => value.toFixed(2))}`)
      .join(' and ');
  return [
    `On another processor (${machine}), PyTorch's fastest matrix product does`,
    `${nativePeak.toFixed(0)} GFLOP/s on one thread, and the peak of wasm is ${peak.toFixed(0)}.`,
    `There PyTorch is ahead in ${ahead[0]} of ${factors[0].length} rows on one core, and in`,
    `${ahead[1]} of ${factors[1].length} rows with two threads against two replicas. Its time over`,
    `ours, on one core and on two, is ${spanOfKind('spectral')} in spectral pooling,`,
    `${spanOfKind('diffstride')} in DiffStride, and ${spanOfKind('step')} in training steps.`,
  ].join(' ');
}

/** `×0.82`: the time of PyTorch on two threads over ours with two replicas. */
function onTwoCores(timings) {
  const [theirs, ours] = ['PyTorch, 2 threads', 'ds wasm, 2 replicas'].map(
    (name) => timings[name]?.ratio,
  );
  return theirs && ours ? `×${(theirs / ours).toPrecision(3)}` : 'not timed';
}

const PASS = { forward: 'forward', input: 'input gradient', filter: 'filter gradient' };

const POOLING = {
  conv: 'strided convolutions',
  spectral: 'spectral pooling',
  diffstride: 'DiffStride',
};

function replicaSentences(result) {
  if (!(result.speedups?.length > 0)) {
    const rows = result.rows.filter(({ case: { kind } }) => kind === 'step');
    const each = rows.map(
      ({ case: { pooling }, timings }) =>
        `×${timings['ds wasm, 2 replicas'].ratio.toPrecision(3)} as long with ${POOLING[pooling]}`,
    );
    return `With two replicas, a step takes ${listed(each)}.`;
  }
  const { replicas, aim } = result.speedups[0];
  const goal = `×${aim.toFixed(1)}`;
  return [
    `With ${replicas} replicas, a step is faster than with one by these factors. Our goal is ${goal}. It counts as ` +
      'reached or missed only if the whole interval lies on one side of it:',
    markdownTable(
      ['training step of ResNet-18', 'factor', '99 % interval', goal],
      result.speedups.map(({ name, median, low, high, verdict }) => [
        name,
        `×${median.toFixed(2)}`,
        `${low.toFixed(2)}–${high.toFixed(2)}`,
        verdict,
      ]),
    ),
  ].join('\n\n');
}

/** The speedup by replicas of one step, its interval, and the verdict. */
export function speedupSentence({ name, replicas, aim, median, low, high, verdict }) {
  const end = {
    reached: `so ×${aim.toFixed(1)} is reached`,
    missed: `so ×${aim.toFixed(1)} is missed`,
    open: `which leaves ×${aim.toFixed(1)} open`,
  };
  return (
    `${name}: ${replicas} replicas are ×${median.toFixed(2)} as fast as one ` +
    `(99 % interval ${low.toFixed(2)}–${high.toFixed(2)}, ${end[verdict]}).`
  );
}

function resampleSentences(result) {
  const { case: one, timings } = result.rows.find(({ case: { kind } }) => kind === 'resample');
  return (
    `\`${one.name.replace(/ → .*/, '')}\` to ${one.size.join('×')}, forward and backward to the ` +
    `image, takes ${ms(own(result, timings).median)} ms, and ` +
    `×${timings['tfjs wasm'].ratio.toPrecision(3)} as long when composed.`
  )
    .replace('`resample [', '`resample` of [')
    .replace(/\]`/, ']');
}

/** The table of kernels: their rates or times, and the ratios of the others. */
function kernelTable(result) {
  const { date, machine, peak, nativePeak, contenders, rows } = result;
  const names = contenders
    .map(({ name }) => name)
    .filter((name) => name === 'tfjs wasm' || name.startsWith('PyTorch'));
  const versions = [...new Set(contenders.map(({ version }) => version))];
  const kinds = [
    ['3×3 convolutions of 16 channels, and strided ones', convolutions(result, isSmall)],
    [
      '3×3 convolutions of 32 to 256 channels',
      convolutions(result, ({ filters }) => filters >= 32),
    ],
    ['their input gradients', convolutions(result, ({ filters }) => filters >= 32, 'input')],
    ['their filter gradients', convolutions(result, ({ filters }) => filters >= 32, 'filter')],
    ...[
      ['resample', '`resample`, forward and backward'],
      ['spectral', 'spectral pooling, forward and backward'],
      ['diffstride', "DiffStride, with the strides' gradients"],
    ].map(([kind, name]) => [name, rows.filter((row) => row.case.kind === kind)]),
    ...rows
      .filter((row) => row.case.kind === 'step')
      .map((row) => [`training step of ResNet-18, ${row.case.name}`, [row]]),
  ];
  return [
    `Measured with the benchmark's \`speed\` on ${date.slice(0, 10)} (${machine}; ` +
      `${versions.join(', ')}). The fastest loop in wasm does ${peak.toFixed(1)} GFLOP/s on one core` +
      (nativePeak
        ? `; PyTorch's fastest matrix product does ${nativePeak.toFixed(1)} on one thread`
        : '') +
      '. Operations are those of direct convolutions. Contenders ran in turn. A ratio is the median ' +
      'of pairs of trials, and a cell has the smallest and the largest of its cases. ×2 means twice ' +
      'as long as here:',
    markdownTable(
      ['computation', 'here', ...names],
      kinds.map(([name, members]) => [
        name,
        amounts(result, members),
        ...names.map((other) => ratios(members, other)),
      ]),
    ),
  ].join('\n\n');
}

const isSmall = ({ filters, stride }) => filters < 32 || stride > 1;

function convolutions({ rows }, accepts, pass = 'forward') {
  return rows.filter(
    (row) =>
      row.case.kind === 'convolution' &&
      row.case.pass === pass &&
      accepts(row.case) &&
      (accepts === isSmall || !isSmall(row.case)),
  );
}

function own({ contenders }, timings) {
  return timings[contenders[0].name];
}

/** GFLOP/s of rows that count operations, else their milliseconds. */
function amounts(result, rows) {
  return rows.every(({ case: { kind } }) => kind === 'convolution')
    ? `${rates(rows)} GFLOP/s`
    : `${span(
        rows.map(({ timings }) => own(result, timings).median),
        ms,
      )} ms`;
}

function rates(rows) {
  const all = rows.map(({ timings }) => Object.values(timings).find((one) => one.ratio === 1));
  return span(
    all.map(({ gflops }) => gflops),
    (value) => value.toFixed(0),
  );
}

/** `×0.43–0.78`; without a ratio, whether the contender cannot do it or was not asked. */
function ratios(rows, name) {
  const all = rows.flatMap(({ timings }) => timings[name]?.ratio ?? []);
  if (all.length === 0) return name.startsWith('tfjs') ? 'not possible' : '—';
  return `×${span(all, (value) => value.toPrecision(3))}`;
}

/** A sentence with the smallest and the largest ratio of a contender, and their rows. */
function spanOf(rows, name, subject) {
  const found = rows
    .filter(({ timings }) => timings[name]?.ratio !== undefined)
    .sort((a, b) => a.timings[name].ratio - b.timings[name].ratio);
  if (found.length === 0) return '';
  const [least, most] = [found[0], found.at(-1)];
  const shown = ({ case: { kind, pass, name: row }, timings }) =>
    `×${timings[name].ratio.toPrecision(3)} (${kind === 'convolution' ? `${PASS[pass]} of ` : ''}${row})`;
  return `${subject} takes ${shown(least)} to ${shown(most)} as long.`;
}

function span(values, format) {
  const [least, most] = [Math.min(...values), Math.max(...values)].map(format);
  return least === most ? least : `${least}–${most}`;
}

function ms(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function listed(parts) {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
