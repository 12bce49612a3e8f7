import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { packAll, ROOT } from '../src/published-packages.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The tarball of each package by its name. */
    tarballs: Record<string, string>;
  }
}

/** Packs every package, the command line and its palette once for all tests. */
export default async function setup(project: TestProject) {
  const folder = await mkdtemp(path.join(tmpdir(), 'tarballs-'));
  project.provide('tarballs', await packAll(folder, ROOT, ['@ds/benchmark', '@ds/palette']));
  return () => rm(folder, { recursive: true, force: true });
}
