import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cli } from '../command-line.js';
import { runCliHere } from '../command-line-here.js';
import { fakeSounds, SMALL_RUN } from '../fake-sounds.js';
import { freePort, isServerHere } from './redis-server.js';

vi.mock('../../src/queue/execute-run.js', () => import('../run-here.js'));

/** A child process and its output. */
function start(command: string, args: string[]) {
  const child = spawn(command, args);
  const state = { child, text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      state.text += chunk;
    });
  }
  return state;
}

const ended = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('close', resolve));

/** Waits until a condition holds. */
async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if (isSo()) return;
    await setTimeout(20);
  }
  throw new Error(`waited a minute for: ${what}`);
}

/** The base of a sweep with steps of {@link SMALL_RUN}. JSON is YAML. */
const base = (size: Record<string, number>) => JSON.stringify({ ...SMALL_RUN, ...size });

let data: string;
let home: string;
beforeAll(async () => {
  data = await fakeSounds(168);
  home = await mkdtemp(path.join(tmpdir(), 'queue-'));
});
afterAll(async () => {
  await rm(data, { recursive: true });
  await rm(home, { recursive: true });
});

describe.skipIf(!isServerHere)('a sweep on Redis', () => {
  it('counts every run once, after a killed worker and a restarted server', async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const serve = () =>
      start('redis-server', [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', home],
        ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
      ]);
    const shared = path.join(home, 'shared');
    const work = () =>
      start(process.execPath, [
        ...[cli, 'worker', '--queue', url, '--data', data, '--output', shared],
        ...['--jobs', '1', '--stalled-after', '3', '--checkpoint-every', '5'],
      ]);
    const file = path.join(home, 'sweep.yaml');
    await writeFile(
      file,
      `name: On many machines
base: ${base({ trainImages: 160, testImages: 8, batchSize: 8 })}
grid:
  pooling: [conv, spectral]
  seed: [1, 2]
`,
    );
    let server = serve();
    const children: ReturnType<typeof start>[] = [];
    try {
      await until(() => server.text.includes('Ready to accept connections'), 'the server');
      const workers = [work(), work(), work()];
      children.push(...workers);
      const sweep = start(process.execPath, [
        ...[cli, 'sweep', file, '--queue', url, '--output', path.join(home, 'out')],
      ]);
      children.push(sweep);
      const [victim, ...others] = workers as [
        (typeof workers)[0],
        (typeof workers)[0],
        (typeof workers)[0],
      ];
      // The victim has begun a run and reported progress.
      await until(() => /: step \d/.test(victim.text), 'a worker in a run');
      await setTimeout(300 * Math.random());
      victim.child.kill('SIGKILL');
      await ended(victim.child);
      const [, taken] = /([\w-]+): taken\n(?!.*: taken)/s.exec(victim.text)!;
      await setTimeout(500);
      server.child.kill('SIGTERM');
      await ended(server.child);
      await setTimeout(500);
      server = serve();
      await ended(sweep.child);
      expect(sweep.text).toContain('(4 of 4 runs)');
      expect(sweep.child.exitCode).toBe(0);
      // Each run was finished by one worker, the victim's last run by another.
      const done = others.flatMap(({ text }) =>
        [...text.matchAll(/([\w-]+): done/g)].map(([, id]) => id!),
      );
      const byVictim = [...victim.text.matchAll(/([\w-]+): done/g)].map(([, id]) => id!);
      expect(new Set([...done, ...byVictim]).size).toBe(4);
      expect([...done, ...byVictim]).toHaveLength(4);
      if (!byVictim.includes(taken!)) expect(done).toContain(taken);
      const results = JSON.parse(await readFile(path.join(home, 'out/results.json'), 'utf8'));
      expect(results.map(({ stopped }: { stopped: boolean }) => stopped)).toEqual(
        Array(4).fill(false),
      );
      const table = JSON.parse(await readFile(path.join(home, 'out/table.json'), 'utf8'));
      expect(table).toMatchObject([
        { pooling: 'conv', runs: 2 },
        { pooling: 'spectral', runs: 2 },
      ]);
      const status = JSON.parse((await runCliHere(['queue', '--queue', url, '--json'])).stdout);
      expect(status.runs).toMatchObject({ completed: 4, failed: 0, active: 0, waiting: 0 });
      expect(status.tables).toMatchObject({ completed: 1 });
      // A second submission returns the results at once, equal to those of a sweep in one process.
      const again = await runCliHere([
        ...['sweep', file, '--queue', url, '--output', path.join(home, 'again')],
      ]);
      expect(again.code).toBe(0);
      const alone = await runCliHere([
        ...['sweep', file, '--data', data, '--output', path.join(home, 'alone'), '--jobs', '1'],
      ]);
      expect(alone.code).toBe(0);
      const accuracies = async (name: string) =>
        JSON.parse(await readFile(path.join(home, name, 'table.json'), 'utf8')).map(
          (row: Record<string, unknown>) => ({ ...row, imagesPerSecond: 0 }),
        );
      expect(await accuracies('again')).toEqual(await accuracies('out'));
      expect(await accuracies('alone')).toEqual(await accuracies('out'));
      for (const { child } of others) child.kill('SIGTERM');
      await Promise.all(others.map(({ child }) => ended(child)));
      expect(others.map(({ child }) => child.exitCode)).toEqual([0, 0]);
    } finally {
      for (const { child } of children) child.kill('SIGKILL');
      server.child.kill('SIGKILL');
      await ended(server.child);
    }
    // Four runs on three workers on two cores, then four more.
  }, 150_000);

  it('a frozen worker does not write to a run finished by another worker', async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const server = start('redis-server', [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', home, '--save', ''],
    ]);
    const shared = path.join(home, 'frozen');
    const work = () =>
      start(process.execPath, [
        ...[cli, 'worker', '--queue', url, '--data', data, '--output', shared],
        ...['--jobs', '1', '--stalled-after', '3', '--checkpoint-every', '1'],
      ]);
    /** Every file in the run folders, with its bytes. */
    const contents = async () => {
      const names = await readdir(path.join(shared, 'runs'), { recursive: true });
      const files = names.toSorted().map(async (name) => {
        const bytes = await readFile(path.join(shared, 'runs', name)).catch(() => null);
        return [name, bytes?.toString('hex') ?? 'a folder'];
      });
      return Promise.all(files);
    };
    const children: ReturnType<typeof start>[] = [];
    try {
      await until(() => server.text.includes('Ready to accept connections'), 'the server');
      const file = path.join(home, 'frozen.yaml');
      await writeFile(
        file,
        `name: One\nbase: ${base({ trainImages: 160, testImages: 8, batchSize: 8 })}\n` +
          'grid: {pooling: [conv]}\n',
      );
      const frozen = work();
      const sweep = start(process.execPath, [
        ...[cli, 'sweep', file, '--queue', url, '--output', path.join(home, 'one-frozen')],
      ]);
      children.push(frozen, sweep);
      await until(() => /: step \d/.test(frozen.text), 'a worker in a run');
      frozen.child.kill('SIGSTOP');
      children.push(work());
      await ended(sweep.child);
      expect(sweep.child.exitCode).toBe(0);
      const before = await contents();
      expect(before.map(([name]) => name).join()).toContain('summary.json');
      frozen.child.kill('SIGCONT');
      await until(() => frozen.text.includes('its lock was lost'), 'the frozen worker to learn it');
      frozen.child.kill('SIGTERM');
      await ended(frozen.child);
      expect(frozen.text).not.toContain(': done');
      expect(await contents()).toEqual(before);
    } finally {
      for (const { child } of children) child.kill('SIGKILL');
      server.child.kill('SIGKILL');
      await ended(server.child);
    }
  }, 120_000);

  it('a stopped worker hands its run back, and another worker continues it', async () => {
    const port = await freePort();
    const url = `redis://:secret@127.0.0.1:${port}`;
    const server = start('redis-server', [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', home, '--requirepass', 'secret'],
      ...['--save', ''],
    ]);
    const shared = path.join(home, 'handed');
    const work = () =>
      start(process.execPath, [
        ...[cli, 'worker', '--queue', url, '--data', data, '--output', shared, '--jobs', '1'],
      ]);
    const children: ReturnType<typeof start>[] = [];
    try {
      await until(() => server.text.includes('Ready to accept connections'), 'the server');
      const refused = await runCliHere(['queue', '--queue', url.replace('secret', 'guess')]);
      expect(refused.output).toContain('no Redis answers there');
      expect(refused.output).not.toContain('guess');
      const file = path.join(home, 'one.yaml');
      await writeFile(
        file,
        `name: One\nbase: ${base({ trainImages: 150, testImages: 6, batchSize: 3 })}\n` +
          'grid: {pooling: [conv]}\n',
      );
      const first = work();
      const sweep = start(process.execPath, [
        ...[cli, 'sweep', file, '--queue', url, '--output', path.join(home, 'one')],
      ]);
      children.push(first, sweep);
      await until(() => /: step \d/.test(first.text), 'a worker in a run');
      first.child.kill('SIGTERM');
      await ended(first.child);
      expect(first.text).toContain(': handed back');
      expect(first.child.exitCode).toBe(0);
      const second = work();
      children.push(second);
      await ended(sweep.child);
      expect(sweep.child.exitCode).toBe(0);
      // The other worker resumes from the first one's checkpoint.
      expect(second.text).toMatch(/: step (?!1\/)\d+\/50/);
    } finally {
      for (const { child } of children) child.kill('SIGKILL');
      server.child.kill('SIGKILL');
      await ended(server.child);
    }
  }, 90_000);
});
