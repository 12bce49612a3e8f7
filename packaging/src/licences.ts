import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Manifest, PublishedPackage } from './published-packages.js';

/** A dependency of our packages, and its licence as an SPDX expression. */
export interface Licensed {
  name: string;
  licence: string;
  /** Our packages that depend on it, directly, indirectly or as a peer. */
  wantedBy: string[];
}

/** All run-time dependencies of the packages: peers included, optional ones excluded. */
export function licencesOf(packages: PublishedPackage[]): Licensed[] {
  const own = new Set(packages.map(({ manifest }) => manifest.name));
  const found = new Map<string, Licensed>();
  for (const { folder, manifest } of packages) {
    for (const needed of neededBy(folder)) {
      const { name, license } = needed as Manifest & { license?: string };
      if (own.has(name)) continue;
      const entry = found.get(name) ?? { name, licence: license ?? 'none', wantedBy: [] };
      entry.wantedBy.push(manifest.name);
      found.set(name, entry);
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The manifests of all dependencies of the package in a folder, each once. */
function neededBy(folder: string): Manifest[] {
  const seen = new Map<string, Manifest>();
  const visit = (from: string) => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = manifestIn(from);
    const needed = new Set([
      ...Object.keys(dependencies ?? {}),
      ...Object.keys(peerDependencies ?? {}).filter((n) => !peerDependenciesMeta?.[n]?.optional),
    ]);
    for (const name of needed) {
      const at = installed(name, from);
      if (seen.has(at)) continue;
      seen.set(at, manifestIn(at));
      visit(at);
    }
  };
  visit(realpathSync(folder));
  return [...seen.values()];
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

/** The folder in which Node finds a dependency of the package `from`. */
function installed(name: string, from: string): string {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'node_modules', name);
    if (existsSync(path.join(folder, 'package.json'))) return realpathSync(folder);
    if (at === path.dirname(at)) throw new Error(`${name}, which ${from} needs, is not installed`);
  }
}
