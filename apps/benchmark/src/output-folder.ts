import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';

/** The file in an output folder that says which process has it. */
export const LOCK = '.ds-benchmark.lock';

/** Who has an output folder. */
interface Holder {
  pid: number;
  host: string;
  /** When the process was started, as its system says it; `null` where it says nothing. */
  begun: string | null;
}

/**
 * Makes an output folder, and takes it for this process alone until the returned function is called
 * or the process ends. The lock of a process that died on this machine is taken over.
 *
 * @throws Error that names `--output` if the folder cannot be made or written, or another process
 *   has it.
 */
export async function claimOutput(folder: string): Promise<() => Promise<void>> {
  const lock = path.resolve(folder, LOCK);
  const mine = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    begun: await startOf(process.pid),
  } satisfies Holder);
  await writable(folder, async () => {
    await makeFolder(path.resolve(folder));
    while (!(await written(lock, mine))) await removeStale(lock, folder);
  });
  const remove = () => {
    if (contentOf(lock) === mine) rmSync(lock, { force: true });
  };
  process.on('exit', remove);
  return async () => {
    process.off('exit', remove);
    remove();
  };
}

/**
 * Makes an output folder that several processes share.
 *
 * @throws Error that names `--output` if the folder cannot be made or written.
 */
export async function shareOutput(folder: string): Promise<void> {
  const probe = path.resolve(folder, `.ds-benchmark.${randomUUID()}`);
  await writable(folder, async () => {
    await makeFolder(path.resolve(folder));
    await writeFile(probe, '');
    await rm(probe, { force: true });
  });
}

/** Does what prepares a folder; an error of the file system is one of `--output`. */
async function writable(folder: string, prepare: () => Promise<void>): Promise<void> {
  try {
    await prepare();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new Error(
      `--output must be a folder that can be made and written, got '${folder}': ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** Makes a folder and those above it one by one. Node's own recursive way never ends below /proc. */
async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return;
  const above = path.dirname(folder);
  if (!found && above !== folder) await makeFolder(above);
  await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
    // Another process may have been faster.
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

/** Removes the lock of a process that is gone. Of several that try, one has removed it. */
async function removeStale(lock: string, folder: string): Promise<void> {
  const content = contentOf(lock);
  if (content === null) return;
  const holder = parsed(content);
  if (!holder || !(await isGone(holder))) {
    const who = holder ? `process ${holder.pid} on ${holder.host}` : 'a process that is unknown';
    throw new Error(
      `--output '${folder}' is in use by ${who}: choose another folder, wait for that process, or remove ${lock} if it is gone`,
    );
  }
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Meanwhile it can have become the lock of another process: that one gets it back.
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
    const { pid, host, begun } = JSON.parse(content);
    return Number.isInteger(pid) && typeof host === 'string' ? { pid, host, begun } : null;
  } catch {
    return null;
  }
}

/** Whether a process of this machine has ended. Of other machines nobody here can tell. */
async function isGone({ pid, host, begun }: Holder): Promise<boolean> {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  // Its number may have gone to another process.
  return begun !== null && begun !== (await startOf(pid));
}

/** When a process was started, by Linux's own clock; `null` elsewhere, and of one that has ended. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Behind the name, which may hold anything, in brackets: the state, and as the twentieth the time.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}
