import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../command-line.js';
import { runCliHere } from '../command-line-here.js';
import { fakeMnist } from '../fake-mnist.js';
import { fakeSounds, SMALL_RUN } from '../fake-sounds.js';

vi.mock('../../src/queue/execute-run.js', () => import('../run-here.js'));

let folder: string;
let sounds: string;
let file: string;
beforeAll(async () => {
  folder = await fakeMnist(320);
  sounds = await fakeSounds(72);
  file = path.join(folder, 'sweep.yaml');
  await writeFile(
    file,
    `name: A planned sweep
base: {preset: smoke, dataset: mnist, width: 2, trainImages: 320, testImages: 20, batchSize: 16}
grid:
  pooling: [conv, average]
  seed: [1, 2]
`,
  );
});
afterAll(async () => {
  for (const one of [folder, sounds]) await rm(one, { recursive: true });
});

describe('sweep', () => {
  it('continues where it was interrupted, and counts the finished runs', async () => {
    const out = path.join(folder, 'out');
    const small = path.join(folder, 'small.json');
    const base = { ...SMALL_RUN, trainImages: 64, testImages: 8, batchSize: 8 };
    const grid = { pooling: ['conv', 'average'], seed: [1, 2] };
    await writeFile(small, JSON.stringify({ name: 'A small sweep', base, grid }));
    const args = ['sweep', small, '--data', sounds, '--output', out, '--jobs', '1'];
    let stopping = false;
    const first = await runCli(args, (text, stop) => {
      if (stopping || !text.includes('(2 of 4 runs)')) return;
      stopping = true;
      stop('SIGKILL');
    });
    expect(first.code).toBeNull();
    const runs = await readdir(path.join(out, 'runs'));
    const finished: [string, number][] = [];
    for (const run of runs) {
      const summary = path.join(out, 'runs', run, 'summary.json');
      const found = await stat(summary).catch(() => null);
      if (found) finished.push([summary, found.mtimeMs]);
    }
    expect(finished.length).toBeGreaterThanOrEqual(2);
    const second = await runCliHere(args);
    expect(second.code).toBe(0);
    expect(second.output).toContain('(4 of 4 runs)');
    // What was finished was not run again.
    for (const [summary, time] of finished) expect((await stat(summary)).mtimeMs).toBe(time);
    const table = JSON.parse(await readFile(path.join(out, 'table.json'), 'utf8'));
    expect(table).toMatchObject([
      { pooling: 'conv', runs: 2, stopped: false },
      { pooling: 'average', runs: 2, stopped: false },
    ]);
  }, 90_000);

  it('--plan says what it will cost, and runs nothing', async () => {
    const out = path.join(folder, 'planned');
    const flags = ['--data', folder, '--output', out, '--workers', '1,2,100', '--failures', '0'];
    const { code, stdout } = await runCliHere(['sweep', file, '--plan', '--json', ...flags]);
    expect(code).toBe(0);
    const plan = JSON.parse(stdout);
    expect(plan.runs).toBe(4);
    expect(
      plan.kinds.map(({ label, runs }: { label: string; runs: number }) => [label, runs]),
    ).toEqual([
      ['conv', 2],
      ['average', 2],
    ]);
    const [one, two, many] = plan.makespans;
    expect(one.mean).toBeCloseTo(one.p95, 9);
    expect(two.mean).toBeLessThan(one.mean);
    expect(many.mean).toBeLessThanOrEqual(two.mean);
    expect(plan.flops).toBeGreaterThan(1e9);
    expect(plan.assumed).toEqual({
      failuresPerHour: 0,
      restartSeconds: 300,
      stalledAfterSeconds: 30,
      isShared: true,
    });
    expect(await stat(out).catch(() => null)).toBeNull();
    const shown = await runCliHere(['sweep', file, '--plan', ...flags]);
    expect(shown.output).toMatch(/4 runs, .*FLOP, .* on one device/);
  }, 60_000);

  it('--plan measures the time of a step where a run has only one', async () => {
    const single = path.join(folder, 'single.yaml');
    await writeFile(
      single,
      `name: Runs of one step
base:
  {preset: smoke, dataset: mnist, pooling: average, width: 2, trainImages: 16, testImages: 4}
grid:
  # The dataset has more steps of the first size, and no more of the second one.
  batchSize: [16, 320]
`,
    );
    const flags = ['--data', folder, '--output', path.join(folder, 'single'), '--workers', '1'];
    const args = ['sweep', single, '--plan', '--json', '--jobs', '1', ...flags];
    const { code, stdout, output } = await runCliHere(args);
    expect(code).toBe(0);
    const plan = JSON.parse(stdout);
    const times: number[] = plan.kinds.map(
      (kind: { secondsPerStep: number }) => kind.secondsPerStep,
    );
    expect(times).toHaveLength(2);
    for (const seconds of times) expect(seconds).toBeGreaterThan(1e-4);
    expect(output.match(/measured .*: \d+ ms per step/g)).toHaveLength(2);
    expect(Number.isFinite(plan.makespans[0].mean)).toBe(true);
  }, 60_000);
});
