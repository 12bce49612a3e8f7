import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Queue } from 'bullmq';
import { Command } from 'commander';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addQueueCommand } from '../../src/queue/command.js';
import { runCli } from '../command-line.js';
import { isServerHere, type RedisServer, startRedis } from './redis-server.js';

describe.skipIf(!isServerHere)('the command queue', () => {
  let server: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await startRedis();
    admin = new Redis(server.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });
  const run = async (...args: string[]) => {
    const program = new Command().exitOverride();
    addQueueCommand(program);
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await program.parseAsync(['queue', ...args, '--queue', server.url], { from: 'user' });
      return write.mock.calls.map(([text]) => text).join('');
    } finally {
      write.mockRestore();
    }
  };

  it.each([[[]], [['status']]])('shows what there is: queue %s', async (words) => {
    expect(await run(...words)).toMatch(/^0 workers\n[\s\S]*runs[\s\S]*tables/);
    const status = JSON.parse(await run(...words, '--json'));
    expect(status).toMatchObject({ workers: 0, experiments: [], active: [], failed: [] });
  });

  it('cancels and cleans, also with a full memory', async () => {
    expect(await run('cancel')).toBe('Cancelled 0 experiments, removed 0 runs\n');
    await expect(run('cancel', 'x')).rejects.toThrow(
      /queue cancel: the experiment must be an unfinished one/,
    );
    await admin.call('CONFIG', 'SET', 'maxmemory', '1');
    expect(await run('clean')).toBe('Removed 0 experiments and 0 runs\n');
    await admin.call('CONFIG', 'SET', 'maxmemory', '0');
    expect(await run('clean', '--all')).toMatch(/^Removed \d+ keys?\n$/);
  });

  it('cancels one run of an experiment', async () => {
    const queue = new Queue('runs', { connection: admin, prefix: 'ds-benchmark' });
    const id = '0123456789ab.conv-seed1';
    await queue.add('conv-seed1', {}, { jobId: id });
    expect(JSON.parse(await run('--json')).waiting).toEqual([id]);
    expect(await run('cancel', id)).toBe('Cancelled 1 run; the rest of the experiment continues\n');
    await admin.flushall();
  });

  it('says that no server answers', async () => {
    const program = new Command().exitOverride();
    addQueueCommand(program);
    for (const words of [[], ['cancel'], ['clean'], ['clean', '--all']]) {
      const args = ['queue', ...words, '--queue', 'redis://127.0.0.1:1'];
      await expect(program.parseAsync(args, { from: 'user' })).rejects.toThrow('no server answers');
    }
  });

  it.each(['sweep', 'worker'])('a %s ends when its server stays away', async (command) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'away-'));
    const file = path.join(folder, 'one.yaml');
    await writeFile(file, 'name: One\nbase: {preset: smoke}\ngrid: {pooling: [conv]}\n');
    const other = await startRedis();
    const client = new Redis(other.url);
    client.on('error', () => {});
    const args = ['--queue', other.url, '--redis-timeout', '1', '--output', `${folder}/out`];
    const ended = runCli([command, ...(command === 'sweep' ? [file] : []), ...args]);
    // A worker looks for stalled jobs first, and a sweep submits its runs.
    const begun = { sweep: 'ds-benchmark:tables:*', worker: 'ds-benchmark:runs:stalled-check' };
    await vi.waitFor(
      async () => expect(await client.keys(begun[command as 'sweep'])).not.toEqual([]),
      { timeout: 30_000 },
    );
    await other.stop();
    client.disconnect();
    const { code, output } = await ended;
    expect(code).toBe(1);
    expect(output).toMatch(/Retrying for 1 s \(--redis-timeout\)/);
    expect(output).toMatch(
      /--queue redis:\/\/127.0.0.1:\d+: no server answers .*same command to resume/,
    );
    await rm(folder, { recursive: true });
  });
});
