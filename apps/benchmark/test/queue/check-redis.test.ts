import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRedis, requireRedis } from '../../src/queue/check-redis.js';
import { isServerHere, type RedisServer, startRedis } from './redis-server.js';

describe.skipIf(!isServerHere)('a Redis before work', () => {
  let server: RedisServer;
  let admin: Redis;
  const as = (user: string, database = '') => `redis://${user}@127.0.0.1:${server.port}${database}`;
  beforeAll(async () => {
    server = await startRedis();
    admin = new Redis(server.url);
    await admin.call('ACL', 'SETUSER', 'all', 'on', '>secret', '~*', '&*', '+@all');
    await admin.call('ACL', 'SETUSER', 'blind', 'on', '>secret', '~*', '+@all', '-info');
    await admin.call('ACL', 'SETUSER', 'mute', 'on', '>secret', '~*', '+@all', '-eval', '-evalsha');
    await admin.call('ACL', 'SETUSER', 'else', 'on', '>secret', '~other:*', '+@all');
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });
  const refused = async (url: string, message: RegExp) => {
    const notes: string[] = [];
    await expect(requireRedis(url, (note) => notes.push(note))).rejects.toThrow(message);
    expect(notes).toEqual([]);
  };

  it('accepts a usable Redis', async () => {
    expect(await checkRedis(server.url)).toBeNull();
    expect(await checkRedis(as('all:secret', '/3'))).toBeNull();
    await requireRedis(as('all:secret'));
  });

  it('rejects a wrong password and an unknown user', async () => {
    await refused(
      as('all:guess'),
      /^--queue redis:\/\/[^ ]+: no Redis answers .* refuses the user or the password; set DS_QUEUE/,
    );
    await refused(as('nobody:x'), /refuses the user or the password/);
    await expect(requireRedis(as('all:guess'))).rejects.not.toThrow(/guess/);
  });

  it('rejects an address without the required password', async () => {
    await admin.call('CONFIG', 'SET', 'requirepass', 'secret');
    try {
      await refused(server.url, /refuses the user or the password/);
      expect(await checkRedis(as(':secret'))).toBeNull();
    } finally {
      await admin.call('CONFIG', 'SET', 'requirepass', '');
    }
  });

  it.each([
    ['blind', /forbid the user the command INFO; give the user the rules of docs/],
    ['mute', /forbid the user the command EVAL/],
    ['else', /forbid the user some of the keys/],
  ])('rejects the user %s without permissions', (user, message) =>
    refused(as(`${user}:secret`), message),
  );

  it('rejects a missing database', () =>
    refused(as('all:secret', '/99'), /no database of that number/));

  it('rejects a Redis that drops jobs', async () => {
    await admin.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru', 'maxmemory', '100mb');
    try {
      await refused(server.url, /drops jobs .*set maxmemory-policy noeviction/);
    } finally {
      await admin.call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '0');
    }
  });

  it('waits for a full Redis, and notes it once', async () => {
    const notes: string[] = [];
    const full = () => admin.call('CONFIG', 'SET', 'maxmemory', '1');
    await full();
    try {
      const patience = { passing: 1_200, lasting: 0, away: 60_000 };
      const waiting = requireRedis(server.url, (note) => notes.push(note), patience);
      await expect(waiting).rejects.toThrow(/its memory is full \(maxmemory\); raise maxmemory/);
      expect(notes).toEqual([expect.stringContaining('its memory is full')]);
      const again = requireRedis(server.url, () => admin.call('CONFIG', 'SET', 'maxmemory', '0'));
      await again;
    } finally {
      await admin.call('CONFIG', 'SET', 'maxmemory', '0');
    }
  });

  it('rejects a replica', async () => {
    await admin.call('REPLICAOF', '127.0.0.1', '1');
    try {
      const patience = { passing: 0, lasting: 0, away: 60_000 };
      await expect(requireRedis(server.url, () => {}, patience)).rejects.toThrow(
        /read-only replica; give the address of its primary/,
      );
    } finally {
      await admin.call('REPLICAOF', 'NO', 'ONE');
    }
  });

  it('rejects an address without a server', () =>
    refused('redis://127.0.0.1:1', /no server answers \(.*ECONNREFUSED/));
});
