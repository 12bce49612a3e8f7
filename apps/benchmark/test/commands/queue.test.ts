import { Command } from 'commander';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addQueueCommand } from '../../src/commands/queue.js';
import { isServerHere, type RedisServer, startRedis } from '../queue/redis-server.js';

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
    await expect(run('cancel', 'x')).rejects.toThrow(/queue cancel: the experiment must be one/);
    await admin.call('CONFIG', 'SET', 'maxmemory', '1');
    expect(await run('clean')).toBe('Removed 0 experiments and 0 runs\n');
    await admin.call('CONFIG', 'SET', 'maxmemory', '0');
    expect(await run('clean', '--all')).toMatch(/^Removed \d+ keys?\n$/);
  });

  it('says that nobody answers', async () => {
    const program = new Command().exitOverride();
    addQueueCommand(program);
    for (const words of [[], ['cancel'], ['clean'], ['clean', '--all']]) {
      const args = ['queue', ...words, '--queue', 'redis://127.0.0.1:1'];
      await expect(program.parseAsync(args, { from: 'user' })).rejects.toThrow('nobody answers');
    }
  });
});
