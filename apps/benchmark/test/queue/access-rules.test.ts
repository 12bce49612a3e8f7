import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRedis } from '../../src/queue/check-redis.js';
import { cancelQueue, cleanQueue, emptyQueue } from '../../src/queue/end-experiments.js';
import { queueStatus } from '../../src/queue/queue-status.js';
import { cli } from '../command-line.js';
import { fakeMnist } from '../fake-mnist.js';
import { freePort, isServerHere, type RedisServer, startRedis } from './redis-server.js';

const ROOT = new URL('../../../../', import.meta.url);
const read = (file: string) => readFile(fileURLToPath(new URL(file, ROOT)), 'utf8');

/** The guide's commands that create TLS keys. */
async function tlsCommands(): Promise<string[]> {
  const guide = await read('docs/guide/many-machines.md');
  return [...guide.matchAll(/^openssl .*$/gm)].map(([line]) => line);
}

it('the guide contains the tested access rules', async () => {
  const rules = await read('apps/benchmark/examples/queue-users.acl');
  expect(await read('docs/guide/many-machines.md')).toContain(`\`\`\`\n${rules}\`\`\``);
});

describe.skipIf(!isServerHere)('a Redis with the rules of the guide', () => {
  let home: string;
  let data: string;
  let server: RedisServer;
  const url = (user: string) =>
    `rediss://${user}:${user.toUpperCase()}S-PASSWORD@localhost:${tlsPort}`;
  let tlsPort: number;
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'rules-'));
    data = await fakeMnist();
    tlsPort = await freePort();
    const commands = await tlsCommands();
    expect(commands.length).toBeGreaterThan(1);
    for (const command of commands) {
      const line = command.replaceAll('that-machine', 'localhost');
      execFileSync('bash', ['-c', line], { cwd: home, stdio: 'pipe' });
    }
    const rules = fileURLToPath(new URL('apps/benchmark/examples/queue-users.acl', ROOT));
    server = await startRedis([
      ...['--aclfile', rules, '--tls-port', String(tlsPort), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', path.join(home, 'server.crt')],
      ...['--tls-key-file', path.join(home, 'server.key')],
      ...['--tls-ca-cert-file', path.join(home, 'ca.crt')],
    ]);
  });
  afterAll(async () => {
    await server?.stop();
    for (const folder of [home, data]) await rm(folder, { recursive: true });
  });
  const run = (user: string, args: string[]) => {
    const ca = path.join(home, 'ca.crt');
    const env = { ...process.env, DS_QUEUE: url(user), NODE_EXTRA_CA_CERTS: ca };
    const child = spawn(process.execPath, [cli, ...args], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
      child.once('close', (code) => resolve({ code, output })),
    );
    return { child, ended };
  };

  it('lets a sweep and a worker run over TLS', async () => {
    const file = path.join(home, 'one.yaml');
    const base =
      '{preset: smoke, dataset: mnist, width: 1, trainImages: 2, testImages: 2, batchSize: 2, backend: cpu}';
    await writeFile(file, `name: One\nbase: ${base}\ngrid: {pooling: [conv], epochs: [1, 5000]}\n`);
    const worker = run('worker', [
      ...['worker', '--data', data, '--output', path.join(home, 'worker')],
      ...['--jobs', '1', '--stalled-after', '2'],
    ]);
    try {
      const sweep = await run('sweep', ['sweep', file, '--output', path.join(home, 'out')]).ended;
      // One of the two runs exceeds the worker's limits.
      expect(sweep.output).toContain('1 of 2 runs failed: run configuration: epochs must be');
      expect(sweep.output).toContain('Report: ');
      const plain = url('sweep').replace('rediss', 'redis').replace(`${tlsPort}`, `${server.port}`);
      expect(await checkRedis(plain)).toBeNull();
      const { status } = await queueStatus(plain);
      expect(status.workers).toBe(1);
      expect(status.runs).toMatchObject({ completed: 1, failed: 1 });
      expect(status.tables).toMatchObject({ completed: 1 });
      expect(await cancelQueue(plain, [])).toEqual({ experiments: 0, runs: 0, single: 0, busy: 0 });
      expect(await cleanQueue(plain)).toEqual({ experiments: 1, runs: 2 });
      await emptyQueue(plain);
    } finally {
      worker.child.kill('SIGTERM');
    }
    const { code, output } = await worker.ended;
    expect(output).not.toMatch(/queue rediss|NOPERM|forbid/);
    expect(code).toBe(0);
  }, 150_000);

  it('is not trusted without its certificate authority', async () => {
    const trouble = await checkRedis(url('sweep'));
    expect(trouble!.message).toMatch(/its certificate is not trusted .*NODE_EXTRA_CA_CERTS/);
  });

  it.each(['worker', 'sweep'])('forbids a %s all other commands', async (user) => {
    const ca = await readFile(path.join(home, 'ca.crt'));
    const redis = new Redis(url(user), { tls: { ca } });
    const forbidden = [
      ['GET', 'other'],
      ['SET', 'other', '1'],
      ['CONFIG', 'GET', '*'],
      ['CONFIG', 'SET', 'dir', '/etc'],
      ['FLUSHALL'],
      ['KEYS', '*'],
      ['SAVE'],
      ['ACL', 'LIST'],
      ['REPLICAOF', '127.0.0.1', '1'],
      ['SHUTDOWN'],
      ['SCRIPT', 'FLUSH'],
      ['EVAL', "return redis.call('GET', 'other')", '0'],
      ['PUBLISH', 'x', 'y'],
      ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ];
    for (const [command, ...args] of forbidden) {
      await expect(redis.call(command!, ...args), command).rejects.toThrow(
        /NOPERM|No permissions|can't access|no permissions/,
      );
    }
    redis.disconnect();
    const anybody = new Redis(server.url, { retryStrategy: () => null });
    anybody.on('error', () => {});
    await expect(anybody.ping()).rejects.toThrow();
    anybody.disconnect();
  });
});
