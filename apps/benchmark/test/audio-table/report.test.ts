import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { audioTableReport } from '../../src/audio-table/report.js';
import { parseResult } from '../../src/queue/result-schema.js';
import { runCliHere } from '../command-line-here.js';
import { fakeSounds } from '../fake-sounds.js';
import { testedOn } from './tested-on.js';

vi.mock('../../src/queue/execute-run.js', () => import('../run-here.js'));

/** Small, but long enough to distinguish a high tone from a low one. */
const flags = [
  ...['--layout', 'pattern', '--pattern', '{pitch}_{loudness}_{index}.wav'],
  ...[
    '--test-where',
    'index=0,1,2,3',
    '--sample-rate',
    '8000',
    '--bands',
    '16',
    '--seconds',
    '0.2',
  ],
  ...['--preset', 'smoke', '--epochs', '8', '--batch-size', '4', '--seeds', '1'],
];

describe('table audio', () => {
  let sounds: string;
  const output = () => `${sounds}-out`;
  beforeAll(async () => {
    sounds = await fakeSounds();
    await writeFile(path.join(sounds, 'about.txt'), 'no sound');
  });
  afterAll(async () => {
    for (const folder of [sounds, output()]) await rm(folder, { recursive: true, force: true });
  });

  it('learns each task alone and both together, and writes the table', async () => {
    // In this process, one run at a time. The guide to own sounds is tested with one of its own.
    const { code, output: printed } = await runCliHere([
      ...['table', 'audio', '--data', sounds, '--tasks', 'pitch,loudness', ...flags],
      ...['--poolings', 'conv,diffstride', '--smoothness', '1', '--output', output()],
      ...['--jobs', '1'],
    ]);
    expect(printed).toContain('pitch, alone');
    expect(printed).toContain('loudness, with pitch');
    // Six runs found it.
    expect(printed.split('1 file left out: 1 .txt (about.txt)')).toHaveLength(2);
    expect(code).toBe(0);
    const rows = JSON.parse(await readFile(path.join(output(), 'table.json'), 'utf8')) as {
      task: string;
      learned: string;
      pooling: string;
      accuracy: number;
    }[];
    expect(rows.map(({ task, learned, pooling }) => `${task}/${learned}/${pooling}`)).toEqual([
      'pitch/pitch/conv',
      'pitch/pitch/diffstride',
      'loudness/loudness/conv',
      'loudness/loudness/diffstride',
      'pitch/pitch loudness/conv',
      'pitch/pitch loudness/diffstride',
      'loudness/pitch loudness/conv',
      'loudness/pitch loudness/diffstride',
      'mean/pitch loudness/conv',
      'mean/pitch loudness/diffstride',
    ]);
    for (const { task, accuracy } of rows) if (task === 'pitch') expect(accuracy).toBe(100);
    const [alone, mean] = [rows[6]!, rows[8]!];
    expect(mean.accuracy).toBeCloseTo((rows[4]!.accuracy + alone.accuracy) / 2, 1);
    const report = await readFile(path.join(output(), 'report.html'), 'utf8');
    for (const needed of [
      'Strides that DiffStride learned',
      'mean of pitch, loudness',
      'index 0, 1, 2, 3 tests',
    ]) {
      expect(report).toContain(needed);
    }
  });

  it('leaves networks that classify a file', async () => {
    const runs = await readdir(path.join(output(), 'runs'));
    const folders = await Promise.all(
      runs.map(async (run) => {
        const folder = path.join(output(), 'runs', run);
        const config = JSON.parse(await readFile(path.join(folder, 'config.json'), 'utf8'));
        return { folder, both: config.sounds.tasks.length === 2, pooling: config.pooling };
      }),
    );
    const { folder } = folders.find(({ both, pooling }) => both && pooling === 'diffstride')!;
    for (const name of ['high_loud_3.wav', 'low_soft_0.wav']) {
      const args = ['classify', path.join(sounds, name), '--run', folder];
      const { stdout, code } = await runCliHere([...args, '--json']);
      expect(code).toBe(0);
      const { tasks, milliseconds } = JSON.parse(stdout);
      expect(tasks[0].classes[0].name).toBe(name.split('_')[0]);
      expect(milliseconds).toBeGreaterThan(0);
      const shown = await runCliHere(args);
      expect(shown.output).toMatch(/pitch\s+│ (high|low)\s+│ \d+\.\d %/);
      const best = JSON.parse((await runCliHere([...args, '--top', '1', '--json'])).stdout);
      expect(best.tasks[0].classes).toEqual(tasks[0].classes.slice(0, 1));
    }
    const table = path.join(output(), 'heard.csv');
    const byTime = await runCliHere(['classify', sounds, '--run', folder, '--output', table]);
    expect(byTime.output).toMatch(/high_loud_3\.wav.*│ pitch +│ 0\.00 s │ \d\.\d\d s │ high/);
    expect((await readFile(table, 'utf8')).split('\n')[0]).toBe(
      'file,task,start,end,label,probability',
    );
    const args = ['classify', sounds, '--run', folder, '--top', '2', '--json'];
    const heard: { file: string; task: string; label: string }[] = JSON.parse(
      (await runCliHere(args)).stdout,
    );
    const pitches = heard.filter(({ file, task }) => /high_loud_3/.test(file) && task === 'pitch');
    expect(new Set(pitches.map(({ label }) => label))).toEqual(new Set(['high', 'low']));
    const wrong = await runCliHere(['classify', sounds, '--run', folder, '--output', 'heard.txt']);
    expect(wrong.output).toContain("must end with .csv or .json, got 'heard.txt'");
    const missing = await runCliHere(['classify', path.join(sounds, 'none.wav'), '--run', folder]);
    expect(missing.output).toContain('none.wav cannot be read; expected a sound file');
    expect(missing.code).toBe(1);
  });

  it('says what a folder of sounds needs', async () => {
    const base = ['table', 'audio', '--data', sounds, '--output', output()];
    const loose = await runCliHere(base);
    expect(loose.output).toContain('must be <class>/<clip>.wav, got 1 parts');
    const bare = await runCliHere([...base, '--layout', 'pattern', '--tasks', 'pitch']);
    expect(bare.output).toContain(
      'sounds must have pattern, tasks and test (--pattern, --tasks, and --test-where or --test-each)',
    );
    const other = await runCliHere([...base, ...flags, '--tasks', 'mood']);
    expect(other.output).toContain(
      "must name fields of the pattern (pitch, loudness, index), got 'mood'",
    );
  });
});

describe('table audio with several labels', () => {
  let sounds: string;
  const several = () => `${sounds}-out`;
  beforeAll(async () => {
    sounds = await fakeSounds();
    const files = (await readdir(sounds)).sort();
    // Soft low tones have no label, and loud high ones have two.
    const rows = files.map((file) => {
      const heard = ['high', 'loud'].filter((word) => file.includes(word));
      return `${file},${heard.join(';')}`;
    });
    await writeFile(path.join(sounds, 'birds.csv'), `file,heard\n${rows.join('\n')}\n`);
  });
  afterAll(async () => {
    for (const folder of [sounds, several()]) await rm(folder, { recursive: true, force: true });
  });

  it('learns several labels a sound, reports mAP and AUC, and hears them', async () => {
    const { code, output: printed } = await runCliHere([
      ...['table', 'audio', '--data', sounds, '--layout', 'table', '--table-file', 'birds.csv'],
      ...['--tasks', 'heard', '--label-separator', ';', '--class-weights', 'balanced'],
      ...['--sample-rate', '8000', '--bands', '16', '--seconds', '0.2', '--poolings', 'conv'],
      ...['--preset', 'smoke', '--epochs', '10', '--batch-size', '4', '--seeds', '1'],
      ...['--jobs', '1', '--output', several()],
    ]);
    expect(printed).toMatch(/mAP \d+\.\d %, AUC \d+\.\d % on the test sounds/);
    expect(printed).toContain('Test mAP.');
    expect(code).toBe(0);
    const [row] = JSON.parse(await readFile(path.join(several(), 'table.json'), 'utf8'));
    expect(row).not.toHaveProperty('accuracy');
    expect(row.meanAveragePrecision).toBeGreaterThan(90);
    expect(row.auc).toBeGreaterThan(90);
    expect(await readFile(path.join(several(), 'report.html'), 'utf8')).toContain(
      'Test mAP by task',
    );
    const [run] = await readdir(path.join(several(), 'runs'));
    const folder = path.join(several(), 'runs', run!);
    const summary = JSON.parse(await readFile(path.join(folder, 'summary.json'), 'utf8'));
    const result = parseResult(summary);
    expect(result.sound!.tasks[0]).toEqual({
      name: 'heard',
      classes: ['high', 'loud'],
      multiLabel: true,
    });
    expect(result.meanAveragePrecision).toBe(result.taskAccuracies!.heard);
    const last = (await readFile(path.join(folder, 'metrics.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .at(-1);
    expect(JSON.parse(last!)).toMatchObject({
      testMeanAveragePrecision: result.meanAveragePrecision,
    });

    const classify = (name: string, ...more: string[]) =>
      runCliHere(['classify', path.join(sounds, name), '--run', folder, ...more]);
    const both = await classify('high_loud_3.wav');
    expect(both.output).toMatch(/heard │ (high|loud)/);
    const asJson = async (...more: string[]) =>
      JSON.parse((await classify('low_soft_0.wav', '--json', ...more)).stdout);
    // As in the table, labels below the threshold are left out.
    expect((await asJson()).tasks[0].classes).toEqual([]);
    const { tasks } = await asJson('--threshold', '0');
    expect(tasks[0].classes).toHaveLength(2);
    expect((await asJson('--threshold', '0', '--top', '1')).tasks[0].classes).toHaveLength(1);
    expect(
      tasks[0].classes.every(({ probability }: { probability: number }) => probability < 0.5),
    ).toBe(true);
    expect((await classify('low_soft_0.wav', '--threshold', '1')).output).toContain('nothing');
    const timed = await classify('high_loud_3.wav', '--hop', '0.1', '--threshold', '0');
    expect(timed.output.match(/│ (high|loud) /g)).toHaveLength(2);
    expect((await classify('low_soft_0.wav', '--threshold', '2')).output).toContain(
      "must be in [0, 1], got '2'",
    );
  });
});

it('has a row for each tested speaker, and the paired differences', () => {
  const results = [
    ...[testedOn('ann', 'max', 0.9), testedOn('ann', 'conv', 0.88)],
    ...[testedOn('bob', 'max', 0.5), testedOn('bob', 'conv', 0.46)],
  ];
  const testEach = { field: 'speaker', values: ['ann', 'bob'] };
  const { text, rows, html } = audioTableReport(
    { experiment: 'audio', groups: [['digit']], poolings: ['max', 'conv'], testEach },
    results,
    { preset: 'quick', protocol: null, command: 'table audio', date: '2026-11-27T00:00:00.000Z' },
  );
  expect(rows).toMatchObject([
    { task: 'digit', tested: 'speaker ann', pooling: 'max', accuracy: 90 },
    { task: 'digit', tested: 'speaker ann', pooling: 'conv', accuracy: 88 },
    { task: 'digit', tested: 'speaker bob', pooling: 'max', accuracy: 50 },
    { task: 'digit', tested: 'speaker bob', pooling: 'conv', accuracy: 46 },
    { task: 'digit', tested: 'all', pooling: 'max', accuracy: 70 },
    { task: 'digit', tested: 'all', pooling: 'conv', accuracy: 67 },
  ]);
  for (const shown of [text, html]) {
    expect(shown).toContain('digit, alone: speaker bob');
    expect(shown).toContain('conv − max: −3.0 ± 12.7 points over 2 pairs of runs');
  }
  expect(html).not.toContain('class="failed"');
});
