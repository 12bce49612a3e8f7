import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { contextOf } from '../../src/command-line/run-of-flags.js';
import { makeConfig } from '../../src/config/make-config.js';
import { queueUrl } from '../../src/queue/queue-url.js';
import { cli } from '../command-line.js';
import { runCliHere } from '../command-line-here.js';

afterEach(() => {
  process.argv = argv;
  vi.unstubAllEnvs();
});
const argv = process.argv;

describe('queueUrl', () => {
  it.each(['redis://h', 'rediss://user:p%40ss@h:6380/2', 'redis://:p@ss@h', 'redis://h?family=6'])(
    'accepts %s',
    (address) => {
      expect(queueUrl(address)).toBe(address);
    },
  );

  it.each([
    ['http://user:s3cret@h', 'must be redis://', "got 'http://…@h/'"],
    ['user:s3:cret@h', 'must be redis://', "got '…'"],
    ['redis://:s3cret', 'must be redis://', "got 'redis://…'"],
    ['redis://:p@s3/w:rd#1@h', '/ as %2F', "got 'redis://…'"],
    ['redis://:s3?cret@h', '? as %3F', "got 'redis://…'"],
  ])('rejects %s without showing its password', (address, rule, got) => {
    const take = () => queueUrl(address);
    expect(take).toThrow('--queue (or DS_QUEUE)');
    expect(take).toThrow(rule);
    expect(take).toThrow(got);
  });
});

it.each([
  ['--queue', 'redis://:s3@cr/e:t#1@h'],
  ['--queue=redis://h?password=s3cret'],
  ['--queue', 'user:s3:cret@h'],
])('the command stored in a report hides the password of %s', (...flag) => {
  process.argv = ['node', 'cli.js', 'compare', ...flag, '--seeds', '1'];
  const { command } = contextOf({}, [makeConfig({})]);
  expect(command).toMatch(/^ds-benchmark compare --queue.*… *.*--seeds 1$/);
  expect(command).not.toMatch(/s3|cr\/e|cret/);
});

describe('a command with a password', () => {
  it.each(['redis://:s3@cr/e:t#1@h', 'user:s3:cret@h', 'redis://:s3cret@127.0.0.1:1'])(
    'prints no part of %s from the flag or the environment',
    async (address) => {
      const flag = await runCliHere(['queue', '--queue', address]);
      vi.stubEnv('DS_QUEUE', address);
      const variable = await runCliHere(['queue']);
      for (const { code, output } of [flag, variable]) {
        expect(code).toBe(1);
        expect(output).toContain('--queue');
        expect(output).not.toMatch(/s3|cr\/e|cret/);
      }
    },
  );

  it.skipIf(process.platform !== 'linux')('does not show it in the list of processes', async () => {
    // The server never answers, so the worker waits for it.
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = `redis://:s3cret@127.0.0.1:${port}`;
    const args = [cli, 'worker', '--queue', address, '--output', tmpdir()];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    try {
      await once(server, 'connection');
      const shown = await readFile(`/proc/${child.pid}/cmdline`, 'utf8');
      expect(shown).toContain(`ds-benchmark worker --queue redis://…@127.0.0.1:${port}`);
      expect(shown).not.toContain('s3cret');
    } finally {
      child.kill('SIGKILL');
      server.close();
    }
  });
});
