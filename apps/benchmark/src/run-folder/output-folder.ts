import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { requireNoRun } from './protected-output.js';

/** The lock file of an output folder. It names the process that owns the folder. */
export const LOCK = '.ds-benchmark.lock';

/** Prefix of the lock files of workers that share a folder. Each adds a unique suffix. */
const SHARE = '.ds-benchmark.worker.';

/** The process that owns an output folder. */
interface Holder {
  pid: number;
  host: string;
  /** When the process was started, by its system's clock; `null` where the system has none. */
  begun: string | null;
  /** Whether the process writes no run folders, and workers may write theirs. */
  besideWorkers?: boolean;
}

/** How a folder is taken. */
export interface Claim {
  /** Only the report goes there, so that workers of a queue may share the folder. Default: no. */
  besideWorkers?: boolean;
}

/**
 * Makes an output folder, and takes it for this process alone until the returned function is called
 * or the process ends. The lock of a process that died on this machine is taken over.
 *
 * @throws Error that names `--output` if the folder cannot be made or written, or another process
 *   has it, or a worker of a queue has its run folders.
 */
export async function claimOutput(
  folder: string,
  { besideWorkers = false }: Claim = {},
): Promise<() => Promise<void>> {
  requireNoRun(folder);
  const lock = path.resolve(folder, LOCK);
  const mine = await holderHere(besideWorkers);
  await writable(folder, async () => {
    await makeFolder(path.resolve(folder));
    while (!(await written(lock, mine))) await removeStale(lock, folder);
  });
  const release = releaseOf(lock, mine);
  // Write first, so that a worker and a claim that start together detect each other.
  if (!besideWorkers) await released(release, () => requireNoWorkers(folder));
  return release;
}

/**
 * Makes an output folder that several workers share, until the returned function is called or the
 * process ends.
 *
 * @throws Error that names `--output` if the folder cannot be made or written, or another process
 *   has it for its own runs.
 */
export async function shareOutput(folder: string): Promise<() => Promise<void>> {
  const share = path.resolve(folder, `${SHARE}${randomUUID()}`);
  const mine = await holderHere(false);
  await writable(folder, async () => {
    await makeFolder(path.resolve(folder));
    await writeFile(share, mine);
  });
  const release = releaseOf(share, mine);
  const lock = path.resolve(folder, LOCK);
  await released(release, async () => {
    const content = contentOf(lock);
    if (content !== null && !parsed(content)?.besideWorkers) await removeStale(lock, folder);
  });
  return release;
}

/**
 * The time, in ms, since which living processes execute runs in an output folder: that of the first
 * of them; `null` if there is none. A process of another machine counts as living.
 */
export async function heldSince(folder: string): Promise<number | null> {
  const names = await readdir(folder).catch(() => []);
  const times: number[] = [];
  for (const name of names.filter((one) => one === LOCK || one.startsWith(SHARE))) {
    const lock = path.join(folder, name);
    const holder = parsed(contentOf(lock) ?? '');
    if (!holder || holder.besideWorkers || (await isGone(holder))) continue;
    const found = await stat(lock).catch(() => null);
    if (found) times.push(found.mtimeMs);
  }
  return times.length > 0 ? Math.min(...times) : null;
}

/** @throws Error if a worker that lives shares the folder. Files of others are removed. */
async function requireNoWorkers(folder: string): Promise<void> {
  for (const name of await readdir(path.resolve(folder))) {
    if (name.startsWith(SHARE)) await removeStale(path.resolve(folder, name), folder);
  }
}

/** This process, as a lock names it. */
async function holderHere(besideWorkers: boolean): Promise<string> {
  const begun = await startOf(process.pid);
  const holder: Holder = { pid: process.pid, host: hostname(), begun, besideWorkers };
  return JSON.stringify(holder);
}

/** Removes a lock of this process, now or when the process ends. */
function releaseOf(lock: string, mine: string): () => Promise<void> {
  const remove = () => {
    if (contentOf(lock) === mine) rmSync(lock, { force: true });
  };
  process.on('exit', remove);
  return async () => {
    process.off('exit', remove);
    remove();
  };
}

/** Checks something under a lock. A failure releases the lock. */
async function released(release: () => Promise<void>, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    await release();
    throw error;
  }
}

/** Prepares a folder. An error of the file system becomes one of `--output`. */
async function writable(folder: string, prepare: () => Promise<void>): Promise<void> {
  try {
    await prepare();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new Error(
      `--output must be a folder that can be made and written, got '${folder}': ` +
        (error as Error).message,
      { cause: error },
    );
  }
}

/** Makes a folder and its parents, one by one: a recursive `mkdir` never ends below /proc. */
async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return;
  const above = path.dirname(folder);
  if (!found && above !== folder) await makeFolder(above);
  await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
    // Another process may have made it meanwhile.
    const made = await stat(folder).catch(() => null);
    if (!made?.isDirectory()) throw error;
  });
}

/** Writes a lock, unless there is one. */
async function written(lock: string, content: string): Promise<boolean> {
  try {
    await writeFile(lock, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes the lock of a process that has ended. Of several processes that try, one removes it.
 *
 * @throws Error that names the process if it lives, or may live.
 */
async function removeStale(lock: string, folder: string): Promise<void> {
  const content = contentOf(lock);
  if (content === null) return;
  const holder = parsed(content);
  if (!holder || !(await isGone(holder))) {
    const owner = holder ? `process ${holder.pid} on ${holder.host}` : 'an unknown process';
    throw new Error(
      `--output '${folder}' is in use by ${owner}: choose another folder, wait for that process, ` +
        `or remove ${lock} if the process has ended`,
    );
  }
  const aside = `${lock}.${randomUUID()}`;
  try {
    // Without a pause between the two, hardly any process can write its lock in between.
    if (contentOf(lock) !== content) return;
    renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Another process may have written its lock meanwhile. It gets that lock back.
  if ((await readFile(aside, 'utf8')) !== content) await link(aside, lock).catch(() => {});
  await rm(aside, { force: true });
}

function contentOf(lock: string): string | null {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return null;
  }
}

function parsed(content: string): Holder | null {
  try {
    const { pid, host, begun, besideWorkers } = JSON.parse(content);
    const isHolder = Number.isInteger(pid) && typeof host === 'string';
    return isHolder ? { pid, host, begun, besideWorkers } : null;
  } catch {
    return null;
  }
}

/** Whether a process of this machine has ended. False for a process of another machine. */
async function isGone({ pid, host, begun }: Holder): Promise<boolean> {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process is there, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  // Another process may have its number by now.
  return begun !== null && begun !== (await startOf(pid));
}

/** When a process was started, by Linux's clock; `null` elsewhere, and if the process has ended. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name is in brackets and may have any character. The state and then the time follow it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}
