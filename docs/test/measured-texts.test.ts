import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  PAGES,
  passagesOf,
  speedupSentence,
  withMeasuredTexts,
} from '../scripts/measured-texts.mjs';

const read = (file: string) =>
  readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
const stored = JSON.parse(read('docs/speed/stored.json'));
const another = JSON.parse(read('docs/speed/another.json'));

const passage = (name: string, result: object, other: object = another) =>
  withMeasuredTexts(`<!-- measured: ${name} -->\n…\n<!-- end -->`, result, other)
    .split('\n')
    .slice(1, -1)
    .join(' ');

/** The stored run with other ratios of a contender in the rows of some kinds. */
function withContender(name: string, kinds: string[], ratio: (index: number) => number) {
  let index = 0;
  return {
    ...stored,
    contenders: [...stored.contenders, { name, version: 'PyTorch 2' }],
    rows: stored.rows.map((row: { case: { kind: string }; timings: object }) =>
      kinds.includes(row.case.kind)
        ? { ...row, timings: { ...row.timings, [name]: { ratio: ratio(index++), median: 1 } } }
        : row,
    ),
  };
}

/** The stored run, in whose rows one contender has no times. */
function withoutContender(name: string) {
  return {
    ...stored,
    contenders: stored.contenders.filter((one: { name: string }) => one.name !== name),
    rows: stored.rows.map((row: { timings: object }) => ({
      ...row,
      timings: Object.fromEntries(Object.entries(row.timings).filter(([key]) => key !== name)),
    })),
  };
}

describe('pages with measured passages', () => {
  it.each(PAGES)('%s has the figures of the stored run', (page) => {
    const text = read(page);
    expect(passagesOf(text).length).toBeGreaterThan(0);
    expect(withMeasuredTexts(text, stored, another)).toBe(text);
  });

  it('name no passage that is not written', () => {
    expect(() => passage('wishes', stored)).toThrow("no passage has the name 'wishes'");
  });

  it('break lines at 100 columns, with the indentation of a list', () => {
    const text = withMeasuredTexts(
      '- x\n  <!-- measured: steps -->\n  …\n  <!-- end -->',
      stored,
      another,
    );
    const lines = text.split('\n').slice(2, -1);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatch(/^ {2}\S.{0,97}$/);
  });
});

describe('the passages', () => {
  it('separate the algebra from the kernels where PyTorch ran both', () => {
    const alone = withoutContender('PyTorch matrices, 1 thread');
    expect(passage('poolings', alone)).not.toContain('two matrices');
    const both = withContender('PyTorch matrices, 1 thread', ['spectral', 'diffstride'], (i) =>
      i === 2 ? 0.25 : i === 5 ? 20 : 2,
    );
    expect(passage('poolings', both)).toMatch(
      /With the same two matrices, it takes ×0\.250 \(spectral .*?\)\) to ×20\.0 \(DiffStride .*?\)\) as long\./,
    );
  });

  it('name the smallest and the largest ratio of the rows', () => {
    const ratios = stored.rows
      .filter(({ case: { kind } }: { case: { kind: string } }) => /spectral|diffstride/.test(kind))
      .map(
        (row: { timings: Record<string, { ratio: number }> }) =>
          row.timings['PyTorch, 1 thread']!.ratio,
      );
    for (const ratio of [Math.min(...ratios), Math.max(...ratios)]) {
      expect(passage('poolings', stored)).toContain(`×${ratio.toPrecision(3)}`);
    }
  });

  it('say what the peaks are', () => {
    const text = passage('convolutions', { ...stored, peak: 55.1, nativePeak: 103.4 });
    expect(text).toContain('exceed 55 GFLOP/s, the peak of wasm on this core');
    expect(text).toContain("PyTorch's fastest matrix product on one thread does 103 GFLOP/s");
    expect(passage('convolutions', { ...stored, nativePeak: null })).not.toContain(
      'fastest matrix product',
    );
  });

  it('count the rows in which PyTorch is ahead on another processor', () => {
    const row = (kind: string, one: number, two: number) => ({
      case: { kind },
      timings: {
        'ds wasm': { ratio: 1 },
        'PyTorch, 1 thread': { ratio: one },
        'PyTorch, 2 threads': { ratio: two },
        'ds wasm, 2 replicas': { ratio: 0.5 },
      },
    });
    const missing = { case: { kind: 'step' }, timings: { 'ds wasm': { ratio: 1 } } };
    const rows = [row('spectral', 3, 1), row('spectral', 4, 2), row('diffstride', 2, 0.5)];
    const text = passage('another-processor', stored, {
      ...{ machine: 'a processor', peak: 80, nativePeak: 160 },
      rows: [...rows, row('step', 0.9, 0.4), missing],
    });
    expect(text).toContain('does 160 GFLOP/s on one thread, and the peak of wasm is 80.');
    expect(text).toContain('ahead in 1 of 4 rows on one core, and in 1 of 4 rows with two threads');
    expect(text).toContain('×3.00–4.00 and ×2.00–4.00 in spectral pooling');
    expect(text).toContain('×0.90 and ×0.80 in training steps');
  });

  it('say whether the speedup by replicas is certain', () => {
    const one = { name: 'conv', replicas: 2, aim: 1.8, median: 1.83, low: 1.78, high: 1.9 };
    expect(speedupSentence({ ...one, verdict: 'open' })).toBe(
      'conv: 2 replicas are ×1.83 as fast as one (99 % interval 1.78–1.90, which leaves ×1.8 open).',
    );
    expect(passage('replicas', { ...stored, speedups: [{ ...one, verdict: 'missed' }] })).toContain(
      '| conv | ×1.83 | 1.78–1.90 | missed |',
    );
  });

  it('need a run that timed PyTorch', () => {
    const { contenders } = withoutContender('PyTorch, 1 thread');
    expect(() => passage('poolings', { ...stored, contenders })).toThrow('must have timed PyTorch');
  });

  it('distinguish what tfjs cannot do from what PyTorch did not run', () => {
    const table = passage('kernel-table', withoutContender('PyTorch matrices, 1 thread'));
    expect(table).toMatch(/their filter gradients \| [^|]+ \| not possible \|/);
    expect(table).not.toMatch(/×[\d.]+ \| not possible/);
  });
});
