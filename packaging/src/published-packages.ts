import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The root folder of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The fields of a package.json that the tests read. */
export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  sideEffects?: boolean | string[];
  exports: Record<string, string | { types: string; default: string }>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

/** A package that releases publish. */
export interface PublishedPackage {
  folder: string;
  manifest: Manifest;
}

/** Every package that is not private. */
export function publishedPackages(root = ROOT): PublishedPackage[] {
  const packages = path.join(root, 'packages');
  return readdirSync(packages)
    .map((name) => {
      const folder = path.join(packages, name);
      const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
      return { folder, manifest: manifest as Manifest };
    })
    .filter(({ manifest }) => !manifest.private);
}

/** The file of each entry, by import name such as `@ds/fft/plan`. */
export function entriesOf({ folder, manifest }: PublishedPackage): Map<string, string> {
  const entries = new Map<string, string>();
  for (const [key, target] of Object.entries(manifest.exports)) {
    if (typeof target === 'string') continue;
    entries.set(path.posix.join(manifest.name, key), path.join(folder, target.default));
  }
  return entries;
}

/**
 * Runs pnpm at the version that the root package.json names. If that pnpm started the tests, it is
 * used. Otherwise npx finds it, which takes seconds.
 */
export async function pnpm(args: string[], cwd: string): Promise<string> {
  const { packageManager } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const { npm_execpath: program, npm_config_user_agent: agent = '' } = process.env;
  if (program && agent.startsWith(`${packageManager.replace('@', '/')} `)) {
    return (await run(process.execPath, [program, ...args], cwd)).stdout;
  }
  return (await run('npx', ['--yes', packageManager, ...args], cwd)).stdout;
}

/** Runs a program to its end. The message of an error contains its output. */
export async function run(file: string, args: string[], cwd: string) {
  try {
    return await promisify(execFile)(file, args, {
      cwd,
      maxBuffer: 1 << 26,
      shell: process.platform === 'win32' && file !== process.execPath,
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} ${args.join(' ')}: ${(error as Error).message}\n${stdout}\n${stderr}`);
  }
}

/** Packs every package as for publishing, and `others`. Returns the tarballs by package name. */
export async function packAll(
  to: string,
  root = ROOT,
  others: string[] = [],
): Promise<Record<string, string>> {
  const names = publishedPackages(root).map(({ manifest }) => manifest.name);
  const filters = [...names, ...others].map((name) => `--filter=${name}`);
  const printed = await pnpm([...filters, 'pack', '--json', '--pack-destination', to], root);
  // The output of prepack scripts comes before the JSON.
  const packed = JSON.parse(printed.slice(printed.search(/^\[$/m))) as {
    name: string;
    filename: string;
  }[];
  return Object.fromEntries(
    packed.map(({ name, filename }) => [name, path.resolve(root, filename)]),
  );
}
