import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { cli } from './command-line.js';

/** Packages that only some commands need. */
const OPTIONAL = [
  'bullmq',
  'ioredis',
  'sharp',
  '@observablehq/plot',
  'linkedom',
  'cli-progress',
  'webgpu',
  'kissfft-js',
  'fft.js',
  'ml-fft',
  '@echogarden/pffft-wasm',
];

/** Says the address of every module that a process loads. */
const hooks = `
import { writeSync } from 'node:fs';
export function load(url, context, next) {
  writeSync(2, 'loads ' + url + '\\n');
  return next(url, context);
}`;
const register = `
import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));`;

async function loaded(args: string[]): Promise<string[]> {
  const hook = `data:text/javascript,${encodeURIComponent(register)}`;
  const ran = promisify(execFile)(process.execPath, ['--import', hook, cli, ...args], {
    maxBuffer: 2 ** 26,
  });
  // A wrong flag ends with an error, which has the output too.
  const { stderr } = await ran.catch((error: { stderr: string }) => error);
  return stderr.split('\n').filter((line) => line.startsWith('loads '));
}

/** The parser of flags, the tables of `list`, and the scripts of `completion`. */
const LIGHT = ['commander', 'cli-table3', 'string-width', '@bomb.sh/tab'].map(
  (name) => `/node_modules/${name}/`,
);

const commander = expect.arrayContaining([expect.stringContaining('/commander/')]);
const from = (modules: string[], names: string[]) =>
  names.filter((name) => modules.some((module) => module.includes(`/node_modules/${name}/`)));

describe('packages that only some commands need', () => {
  it.each([[['cost', '--width', '2', '--pooling', 'max']], [['schema', 'run']]])(
    'are not loaded by %j',
    async (args) => {
      const modules = await loaded(args);
      expect(modules).toEqual(commander);
      expect(from(modules, OPTIONAL)).toEqual([]);
    },
  );

  it.each([
    [['--help']],
    [['--version']],
    [['train', '--help']],
    [['completion', 'bash']],
    [['list', 'src']],
    [['table', 'audio', '--layout', 'none']],
    [['train', '--poling', 'max']],
  ])('are not loaded by %j, and neither are tfjs, schemas and our packages', async (args) => {
    const modules = await loaded(args);
    expect(modules).toEqual(commander);
    const others = modules.filter((module) => /node_modules|\/packages\//.test(module));
    expect(others.filter((module) => !LIGHT.some((name) => module.includes(name)))).toEqual([]);
  });
});
