import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimOutput, heldSince, LOCK, shareOutput } from '../../src/run-folder/output-folder.js';

let folder: string;
let children: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'output-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const lockOf = (holder: unknown) => writeFile(path.join(folder, LOCK), JSON.stringify(holder));

/** Another process that does nothing. */
async function sleeper(): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sleep', ['60']);
  children.push(child);
  await once(child, 'spawn');
  return child as ChildProcess & { pid: number };
}

describe('claimOutput', () => {
  it('makes the folder and its parents, names the owner, and releases the lock', async () => {
    const deep = path.join(folder, 'a', 'b');
    const release = await claimOutput(deep);
    const holder = JSON.parse(await readFile(path.join(deep, LOCK), 'utf8'));
    expect(holder).toMatchObject({ pid: process.pid, host: hostname() });
    await expect(claimOutput(deep)).rejects.toThrow(
      `--output '${deep}' is in use by process ${process.pid} on ${hostname()}`,
    );
    await release();
    expect(await readdir(deep)).toEqual([]);
    await (await claimOutput(deep))();
  });

  it('takes over from a process that died, and not from one that lives', async () => {
    const other = await sleeper();
    await lockOf({ pid: other.pid, host: hostname(), begun: null });
    await expect(claimOutput(folder)).rejects.toThrow(`in use by process ${other.pid}`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const release = await claimOutput(folder);
    expect(await readFile(path.join(folder, LOCK), 'utf8')).toContain(`"pid":${process.pid}`);
    await release();
    expect(await readdir(folder)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')(
    'takes over where the number of a dead process went to another',
    async () => {
      const other = await sleeper();
      await lockOf({ pid: other.pid, host: hostname(), begun: '1' });
      await (await claimOutput(folder))();
    },
  );

  it.each([
    [{ pid: 1, host: 'another-machine', begun: null }, 'process 1 on another-machine'],
    ['no lock of ours', 'an unknown process'],
  ])('does not remove the lock %j', async (holder, who) => {
    await lockOf(holder);
    const claim = claimOutput(folder);
    await expect(claim).rejects.toThrow(who);
    await expect(claim).rejects.toThrow(`remove ${path.join(folder, LOCK)}`);
  });

  it('gives a stale lock to one of several that claim at once', async () => {
    await lockOf({ pid: 2 ** 22 + 1, host: hostname(), begun: null });
    const claims = await Promise.allSettled(Array.from({ length: 8 }, () => claimOutput(folder)));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('an output that cannot be made', () => {
  it.each([
    ['below a file', () => path.join(folder, 'file', 'out')],
    ['as a file', () => path.join(folder, 'file')],
    ['behind a link to nowhere', () => path.join(folder, 'link')],
    ['below /proc', () => '/proc/ds-benchmark/out'],
    ['in /dev/null', () => '/dev/null'],
  ])('%s is an error of --output', async (_, outputOf) => {
    await writeFile(path.join(folder, 'file'), '');
    await symlink(path.join(folder, 'nowhere', 'else'), path.join(folder, 'link'));
    for (const take of [claimOutput, shareOutput]) {
      await expect(take(outputOf())).rejects.toThrow(
        `--output must be a folder that can be made and written, got '${outputOf()}'`,
      );
    }
  });
});

describe('shareOutput', () => {
  it('makes a folder that several share, and leaves nothing in it', async () => {
    const shared = path.join(folder, 'shared');
    const releases = [await shareOutput(shared), await shareOutput(shared)];
    expect(await readdir(shared)).toHaveLength(2);
    for (const release of releases) await release();
    expect(await readdir(shared)).toEqual([]);
  });

  it('and claimOutput keep a worker and a local run apart', async () => {
    const inUse = `--output '${folder}' is in use by process ${process.pid}`;
    const worker = await shareOutput(folder);
    await expect(claimOutput(folder)).rejects.toThrow(inUse);
    await worker();
    const local = await claimOutput(folder);
    await expect(shareOutput(folder)).rejects.toThrow(inUse);
    await local();
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets a sweep of a queue write its report while workers use the folder', async () => {
    const sweep = await claimOutput(folder, { besideWorkers: true });
    const worker = await shareOutput(folder);
    await expect(claimOutput(folder, { besideWorkers: true })).rejects.toThrow('is in use by');
    await sweep();
    await (await claimOutput(folder, { besideWorkers: true }))();
    await worker();
  });

  it('minds no worker and no process that died', async () => {
    const dead = { pid: 2 ** 22 + 1, host: hostname(), begun: null };
    await lockOf(dead);
    await (await shareOutput(folder))();
    await writeFile(path.join(folder, '.ds-benchmark.worker.x'), JSON.stringify(dead));
    await (await claimOutput(folder))();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('heldSince', () => {
  it('is the time of the first of several living ones, in any order of the list', async () => {
    expect(await heldSince(folder)).toBeNull();
    await Promise.all([shareOutput(folder), shareOutput(folder), shareOutput(folder)]);
    const locks = await readdir(folder);
    expect(locks).toHaveLength(3);
    for (const first of locks) {
      for (const lock of locks) {
        const at = lock === first ? 1000 : 2000;
        await utimes(path.join(folder, lock), at, at);
      }
      expect(await heldSince(folder)).toBe(1_000_000);
    }
  });

  it('leaves out those that died, and those that execute no runs', async () => {
    await lockOf({ pid: 2 ** 22 + 1, host: hostname(), begun: null });
    expect(await heldSince(folder)).toBeNull();
    await claimOutput(folder, { besideWorkers: true });
    expect(await heldSince(folder)).toBeNull();
  });
});
