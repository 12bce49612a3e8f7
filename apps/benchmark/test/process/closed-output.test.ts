import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, runCli } from '../command-line.js';
import { fakeSounds, SMALL_RUN } from '../fake-sounds.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'output-'));
  await fakeSounds(72, [], path.join(folder, 'sounds'));
  await writeFile(path.join(folder, 'small.json'), JSON.stringify(SMALL_RUN));
});
afterAll(() => rm(folder, { recursive: true }));

/** A run that lasts until it is stopped. */
const endless = (output: string) => [
  ...['train', '--config', path.join(folder, 'small.json'), '--output', output],
  ...['--data', path.join(folder, 'sounds'), '--pooling', 'conv', '--batch-size', '4'],
  ...['--train-images', '64', '--test-images', '8', '--epochs', '10000'],
  ...['--replicas', '1', '--checkpoint-every', '2'],
];

/** Names of the checkpoints of the one run. */
async function checkpoints(output: string): Promise<string[]> {
  const files = await readdir(path.join(output, 'runs'), { recursive: true });
  return files.filter((file) => file.endsWith('.ckpt'));
}

describe('a pipe without a reader', () => {
  it.each([[['schema', 'run']], [['cost', '--width', '2', '--pooling', 'max']]])(
    'ends %j quietly',
    async (args) => {
      const child = spawn(process.execPath, [cli, ...args]);
      child.stdout.destroy();
      let errors = '';
      child.stderr.on('data', (chunk) => {
        errors += chunk;
      });
      const [code] = await once(child, 'close');
      expect(errors).toBe('');
      expect(code).toBe(141);
    },
  );

  it.runIf(existsSync('/dev/full'))('says that a full disk takes no output', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [cli, 'schema', 'run'], {
      stdio: ['ignore', full, 'pipe'],
    });
    let errors = '';
    child.stderr!.on('data', (chunk) => {
      errors += chunk;
    });
    const [code] = await once(child, 'close');
    closeSync(full);
    expect(errors).toMatch(/^The output cannot be written: ENOSPC.*\n$/);
    expect(code).toBe(1);
  });

  it('stops a training, which saves itself first', async () => {
    const output = path.join(folder, 'piped');
    const child = spawn(process.execPath, [cli, ...endless(output)]);
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = await once(child, 'close');
    expect(errors).toBe('');
    expect(code).toBe(141);
    expect((await checkpoints(output)).length).toBeGreaterThan(0);
  });
});

it('a terminal that is closed stops a training, which saves itself first', async () => {
  const output = path.join(folder, 'hung-up');
  let isSent = false;
  const { code, output: text } = await runCli(endless(output), (soFar, stop) => {
    if (isSent || !soFar.includes('step 1/')) return;
    isSent = true;
    // Shell and system send one each.
    stop('SIGHUP');
    stop('SIGHUP');
  });
  expect(text).toContain('(stopped)');
  expect(code).toBe(129);
  expect((await checkpoints(output)).length).toBeGreaterThan(0);
});
