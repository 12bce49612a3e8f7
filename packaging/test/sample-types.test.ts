import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT, run } from '../src/published-packages.js';
import { kitSamples, type Sample, samplePages, samplesOf } from '../src/samples.js';

/** The samples lie inside this package, since it depends on all packages and on tfjs. */
const made = fileURLToPath(new URL('../node_modules/.sample-types', import.meta.url));

const COMPILER = path.join(ROOT, 'node_modules/typescript/bin/tsc');

const SETTINGS = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2023', 'dom'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    allowJs: true,
    checkJs: true,
    // tfjs's types conflict with TypeScript's WebGPU types.
    skipLibCheck: true,
    types: ['node'],
  },
  include: ['**/*.ts', '**/*.mts', '**/*.js', '**/*.mjs'],
};

/**
 * The file of a sample. JavaScript has its types in comments. A file of TypeScript that other
 * samples import as `replica.js` is `replica.ts`.
 */
function sourceName({ file, language }: Pick<Sample, 'file' | 'language'>, i: number): string {
  if (!file) return `${i}.${language}`;
  return language === 'ts' ? file.replace(/\.(m?)js$/, '.$1ts') : file;
}

/** Writes every sample of every page as a module. Returns their number. */
async function writeSamples(): Promise<number> {
  let count = 0;
  for (const page of samplePages()) {
    const text = await readFile(path.join(ROOT, page), 'utf8');
    const folder = path.join(made, page.replaceAll(/\W/g, '-'));
    await mkdir(folder, { recursive: true });
    // Bundlers read their configurations as JavaScript.
    const samples = [...samplesOf(text), ...kitSamples(text)].filter(
      ({ file }) => !file?.endsWith('.config.js'),
    );
    for (const [i, sample] of samples.entries()) {
      // With `export` a file is a module, and shares no names with others.
      await writeFile(path.join(folder, sourceName(sample, i)), `${sample.code}\nexport {};\n`);
      count += 1;
    }
  }
  return count;
}

/** The complaints of the compiler about the samples. */
async function complaints(): Promise<string> {
  try {
    return (await run(process.execPath, [COMPILER, '-p', '.'], made)).stdout;
  } catch (error) {
    return (error as Error).message;
  }
}

beforeAll(async () => {
  await mkdir(made, { recursive: true });
  await writeFile(path.join(made, 'package.json'), '{"type":"module"}');
  await writeFile(path.join(made, 'tsconfig.json'), JSON.stringify(SETTINGS));
});
afterAll(() => rm(made, { recursive: true, force: true }));

it('every sample compiles under strict', async () => {
  expect(await writeSamples()).toBeGreaterThan(30);
  expect(await complaints()).toBe('');
  // The compiler sees the samples: a wrong one is a complaint.
  await writeFile(path.join(made, 'wrong.ts'), "export const stride: number = 'two';\n");
  expect(await complaints()).toContain('wrong.ts(1,14)');
});
