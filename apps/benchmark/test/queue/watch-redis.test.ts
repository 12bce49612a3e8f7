import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Patience } from '../../src/queue/check-redis.js';
import { watchRedis } from '../../src/queue/watch-redis.js';
import { isServerHere, type RedisServer, startRedis } from './redis-server.js';

describe.skipIf(!isServerHere)('a watch over a Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  let notes: string[] = [];
  let controller = new AbortController();
  beforeAll(async () => {
    server = await startRedis();
    admin = new Redis(server.url);
    admin.on('error', () => {});
  });
  afterEach(async () => {
    controller.abort();
    controller = new AbortController();
    notes = [];
    await admin.call('CONFIG', 'SET', 'maxmemory', '0');
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });
  const begin = (patience: Patience) =>
    watchRedis(server.url, {
      every: 100,
      patience,
      signal: controller.signal,
      onNote: (note) => notes.push(note),
    });

  it('reports a trouble once, and its end', async () => {
    const { ended } = begin({ passing: 60_000, lasting: 0, away: 60_000 });
    await admin.call('CONFIG', 'SET', 'maxmemory', '1');
    await vi.waitFor(() => expect(notes).toHaveLength(1), 10_000);
    await setTimeout(400);
    await admin.call('CONFIG', 'SET', 'maxmemory', '0');
    await vi.waitFor(() => expect(notes).toHaveLength(2), 10_000);
    expect(notes[0]).toContain('its memory is full (maxmemory); raise maxmemory');
    expect(notes[1]).toContain('it works again');
    controller.abort();
    await ended;
  });

  it('fails if a trouble lasts', async () => {
    await admin.call('CONFIG', 'SET', 'maxmemory', '1');
    const { ended } = begin({ passing: 300, lasting: 0, away: 60_000 });
    await expect(ended).rejects.toThrow(/memory is full .*This has lasted for \d+ s/);
    expect(notes).toHaveLength(1);
  });

  it('checks at once after an error, and trusts errors that the check misses', async () => {
    const watch = watchRedis(server.url, {
      every: 60_000,
      patience: { passing: 0, lasting: 60_000, away: 60_000 },
      signal: controller.signal,
      onNote: (note) => notes.push(note),
    });
    expect(watch.tell(new Error('Missing lock for job 1'))).toBe(false);
    expect(
      watch.tell(new Error("NOPERM this user has no permissions to run the 'zadd' command")),
    ).toBe(true);
    await vi.waitFor(() => expect(notes).toHaveLength(1), 10_000);
    expect(notes[0]).toContain('the command ZADD');
    controller.abort();
    await watch.ended;
  });

  it('continues if an unreachable server returns within --redis-timeout', async () => {
    const { ended } = begin({ passing: 0, lasting: 0, away: 30_000 });
    const { port } = server;
    await server.stop();
    await vi.waitFor(() => expect(notes).toHaveLength(1), 10_000);
    expect(notes[0]).toMatch(/no server answers .*Retrying for 30 s \(--redis-timeout\)/);
    server = await startRedis([], port);
    await vi.waitFor(() => expect(notes).toHaveLength(2), 10_000);
    expect(notes[1]).toContain('it works again');
    controller.abort();
    await ended;
  });

  it('fails if a server is unreachable for --redis-timeout', async () => {
    const { ended } = begin({ passing: 0, lasting: 0, away: 1_000 });
    const { port } = server;
    await server.stop();
    const begun = performance.now();
    await expect(ended).rejects.toThrow(
      /^--queue redis:\/\/127.0.0.1:\d+: no server answers .*for 1 s \(--redis-timeout\)\. .*same command to resume/,
    );
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(notes).toHaveLength(1);
    server = await startRedis([], port);
  });
});
