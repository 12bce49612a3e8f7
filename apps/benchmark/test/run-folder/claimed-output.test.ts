import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { addCompareCommand, addTrainCommand } from '../../src/compare/command.js';
import { runCli } from '../command-line.js';
import { runCliHere } from '../command-line-here.js';
import { fakeSounds, SMALL_RUN } from '../fake-sounds.js';

vi.mock('../../src/queue/execute-run.js', () => import('../run-here.js'));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'output-'));
  await fakeSounds(40, [], path.join(folder, 'sounds'));
  await writeFile(path.join(folder, 'small.json'), JSON.stringify(SMALL_RUN));
});
afterAll(() => rm(folder, { recursive: true }));

/** A run with this number of epochs of two steps. */
const train = (output: string, epochs: number) => [
  ...['train', '--config', path.join(folder, 'small.json'), '--output', output],
  ...['--data', path.join(folder, 'sounds')],
  ...['--pooling', 'conv', '--batch-size', '16', '--train-images', '32', '--test-images', '8'],
  ...['--epochs', String(epochs), '--replicas', '1'],
];

it('of one process is refused to another, and is free when that one was killed', async () => {
  const output = path.join(folder, 'taken');
  const args = train(output, 10_000);
  let second: ReturnType<typeof runCli> | null = null;
  await runCli(args, (text, stop) => {
    if (second || !text.includes('step 1/')) return;
    second = runCli([...args, '--overwrite']);
    second.then(() => stop('SIGKILL'));
  });
  const refused = await second!;
  expect(refused.output).toMatch(/^--output '.*' is in use by process \d+ on /);
  expect(refused.code).toBe(1);
  const [{ pid }] = [JSON.parse(await readFile(path.join(output, '.ds-benchmark.lock'), 'utf8'))];
  expect(refused.output).toContain(`process ${pid} `);
  // The lock is stale now, and the run interrupted.
  const again = await runCliHere(args);
  expect(again.output).toContain('(0 finished, 1 interrupted). Give --resume');
  expect(again.code).toBe(1);
});

it('with finished runs keeps them with --resume, and trains them with --overwrite', async () => {
  const output = path.join(folder, 'twice');
  const args = train(output, 1);
  const started = async () => {
    const [result] = JSON.parse(await readFile(path.join(output, 'results.json'), 'utf8'));
    return result.timing.training;
  };
  expect((await runCliHere(args)).code).toBe(0);
  const first = await started();
  expect((await runCliHere([...args, '--resume'])).code).toBe(0);
  expect(await started()).toBe(first);
  expect((await runCliHere([...args, '--overwrite'])).code).toBe(0);
  expect(await started()).not.toBe(first);
});

it('is by default another one for train and for compare', () => {
  const program = new Command();
  addTrainCommand(program);
  addCompareCommand(program);
  const defaults = program.commands.map((command) => command.opts().output);
  expect(defaults).toEqual(['runs/train', 'runs/compare']);
});

it('is not made for a run whose maps are too small', async () => {
  const output = path.join(folder, 'small');
  const flags = ['--pooling', 'blur', '--strides', '8,8,8', '--width', '2', '--replicas', '1'];
  const data = ['--preset', 'smoke', '--dataset', 'mnist', '--data', folder, '--output', output];
  const { code, output: text } = await runCliHere(['train', ...data, ...flags]);
  expect(text).toContain("layer 'stage4.block0.pool' gets a map of 1×1");
  expect(code).toBe(1);
  await expect(access(output)).rejects.toThrow();
});
