import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Command } from 'commander';

/** The modules that this process has imported, as the command line names them. */
const imported: string[] = [];

/** The module that registered a pooling, by the name of the pooling. */
const moduleByPooling = new Map<string, string>();

/** The poolings of `@ds/layers`. To load that package for a page of help takes half a second. */
const OWN_POOLINGS = [
  'diffstride',
  'spectral',
  'blur',
  'max-blur',
  'avg-blur',
  'fractional-max',
  'fractional-avg',
  'average',
  'max',
  'subsample',
  'flc',
  'asap',
  'aps',
  'lps',
  'tips',
  'dct',
  'dct-diffstride',
];

/** The names of all poolings for flags and help: those of `@ds/layers`, and the imported ones. */
export function knownPoolings(): string[] {
  return [...OWN_POOLINGS, ...moduleByPooling.keys()];
}

/**
 * Imports modules that register poolings. Each is a path, relative to the working directory. A
 * module that is imported already is left out.
 *
 * @throws Error that names the module if it cannot be imported, or registers no new pooling.
 */
export async function importPoolings(modules: string[]): Promise<void> {
  if (modules.length === 0) return;
  const { poolingNames } = await import('@ds/layers');
  for (const module of modules) {
    if (module.trim() === '') throw new Error("--import must name a module, got ''");
    if (imported.some((one) => path.resolve(one) === path.resolve(module))) continue;
    const before = poolingNames();
    try {
      await import(pathToFileURL(path.resolve(module)).href);
    } catch (error) {
      throw new Error(
        `--import '${module}': it cannot be imported: ${error instanceof Error ? error.message : error}`,
        { cause: error },
      );
    }
    const added = poolingNames().filter((name) => !before.includes(name));
    if (added.length === 0) {
      throw new Error(
        `--import '${module}': it must register a new pooling, and registers none; ` +
          'call registerPooling in it, of the same @ds/layers that this command uses',
      );
    }
    imported.push(module);
    for (const name of added) moduleByPooling.set(name, module);
  }
}

/** The modules that a thread of this process must import before it resolves a pooling's name. */
export function importedModules(): string[] {
  return [...imported];
}

/** The module that registered a pooling, or `undefined` if the pooling is one of `@ds/layers`. */
export function moduleOf(pooling: string): string | undefined {
  return moduleByPooling.get(pooling);
}

/** The values of `--import` on a command line. Defaults and help need them before parsing. */
export function importsOf(args: string[]): string[] {
  const options = { import: { type: 'string', multiple: true } } as const;
  const { values } = parseArgs({ args, options, strict: false, allowPositionals: true });
  return (values.import ?? []).filter((value) => typeof value === 'string');
}

/** Adds the flag `--import`, which {@link importsOf} reads. */
export function withImports(command: Command): Command {
  return command.option(
    '--import <module>',
    'a module that registers poolings of your own, for use by name; repeat it for several',
    (module: string, before: string[] = []) => [...before, module],
  );
}
