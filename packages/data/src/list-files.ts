import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { DataError } from '@ds/checks';
import { LeftOut } from './left-out.js';
import { kindOf, whyUnreadable } from './why-unreadable.js';

/** The contents of a folder. */
export interface Listing {
  /** Sorted paths of the files to read, relative to the folder, with slashes. */
  files: string[];
  /** Sorted paths of all folders. */
  folders: string[];
  left: LeftOut;
  /** Real paths of all folders and of all link targets. */
  seen: Set<string>;
}

/** Files and folders created by systems and tools. All names that begin with a dot are hidden. */
const SYSTEM =
  /^(\..*|__macosx|__pycache__|(eh)?thumbs(_vista)?\.db|desktop\.ini|@eadir|\$recycle\.bin|system volume information|lost\+found)$/i;

/**
 * Lists the files below a folder whose names match `ending`. All folder loaders follow these rules:
 *
 * - Hidden and system names are left out, with the contents of such folders.
 * - Only regular files are read. Pipes, sockets and devices are left out.
 * - Links are followed. Each folder and file is read once, by its real path. Entries of the folder
 *   itself take precedence over link targets. Links to a parent folder are left out.
 *
 * Only names are read.
 *
 * @throws DataError `op: folder cannot be read; expected a folder, but it does not exist`, or
 *   another reason.
 */
export async function listFiles(op: string, root: string, ending: RegExp): Promise<Listing> {
  const top = await inFolder(op, root, () => realpath(root));
  const listing: Listing = { files: [], folders: [], left: new LeftOut(), seen: new Set([top]) };
  const { files, folders, left, seen } = listing;
  const fileLinks: Link[] = [];
  let queue = [{ name: '', real: top }];
  while (queue.length > 0) {
    const links: string[] = [];
    for (const { name: folder, real } of queue) {
      if (folder) folders.push(folder);
      const entries = await inFolder(op, path.join(root, folder), () =>
        readdir(real, { withFileTypes: true }),
      );
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const name = folder ? `${folder}/${entry.name}` : entry.name;
        const there = path.join(real, entry.name);
        if (SYSTEM.test(entry.name)) {
          left.add(entry.isDirectory() ? 'folder' : 'file', 'hidden or system', name);
        } else if (entry.isSymbolicLink()) {
          links.push(name);
        } else if (!entry.isDirectory()) {
          if (isRead(name, entry, ending, left)) files.push(name);
        } else if (seen.has(there)) {
          left.add('folder', 'already read', name);
        } else {
          seen.add(there);
          // The loop also visits this folder.
          queue.push({ name, real: there });
        }
      }
    }
    // All entries reachable without these links are listed by now.
    queue = [];
    for (const link of await Promise.all(links.sort().map((name) => follow(op, root, name)))) {
      const { name, target, found } = link;
      if (!found) {
        left.add('link', 'broken', name);
      } else if (!found.isDirectory()) {
        if (isRead(name, found, ending, left)) fileLinks.push(link);
      } else if (seen.has(target)) {
        left.add('link', 'to a target already read', name);
      } else if (isAround(target, top)) {
        left.add('link', 'to a parent folder', name);
      } else {
        seen.add(target);
        queue.push({ name, real: target });
      }
    }
  }
  for (const { name, target } of fileLinks) {
    const base = path.basename(target);
    const isListed = seen.has(path.dirname(target)) && ending.test(base) && !SYSTEM.test(base);
    if (isListed || seen.has(target)) left.add('link', 'to a target already read', name);
    else files.push(name);
    seen.add(target);
  }
  files.sort();
  folders.sort();
  return listing;
}

/** A link and its target. `found` is null if the link is broken. */
interface Link {
  name: string;
  target: string;
  found: Stats | null;
}

async function follow(op: string, root: string, name: string): Promise<Link> {
  const link = path.join(root, name);
  try {
    const target = await realpath(link);
    return { name, target, found: await stat(target) };
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(code)) return { name, target: '', found: null };
    throw new DataError(
      `${op}: ${link} cannot be read; expected a link to a file or folder, ` +
        `but ${whyUnreadable(error)}`,
      { cause: error },
    );
  }
}

/** Whether a folder contains another at any depth. */
function isAround(outer: string, inner: string): boolean {
  const way = path.relative(outer, inner);
  return !way.startsWith('..') && !path.isAbsolute(way);
}

/** Whether a file is read. If not, it is recorded as left out. */
function isRead(name: string, file: Stats | Dirent, ending: RegExp, left: LeftOut): boolean {
  if (!file.isFile()) left.add('file', 'not regular', name);
  else if (ending.test(name)) return true;
  else left.add('file', path.posix.extname(name).toLowerCase() || 'without an extension', name);
  return false;
}

/** The topmost folders that contain none of the files. */
export function emptyFolders({ files, folders }: Pick<Listing, 'files' | 'folders'>): string[] {
  const full = new Set<string>(['.']);
  for (const file of files) {
    for (let at = path.posix.dirname(file); !full.has(at); at = path.posix.dirname(at)) {
      full.add(at);
    }
  }
  return folders.filter((name) => !full.has(name) && full.has(path.posix.dirname(name)));
}

async function inFolder<T>(op: string, folder: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const isFile = (error as NodeJS.ErrnoException).code === 'ENOTDIR';
    const found = isFile ? await stat(folder).catch(() => null) : null;
    const reason = found ? `it is ${kindOf(found)}` : whyUnreadable(error);
    throw new DataError(`${op}: ${folder} cannot be read; expected a folder, but ${reason}`, {
      cause: error,
    });
  }
}
