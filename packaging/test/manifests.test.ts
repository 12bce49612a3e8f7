import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, it } from 'vitest';
import { importedPackages } from '../src/declared-imports.js';
import { publishedPackages } from '../src/published-packages.js';

describe.each(publishedPackages())('$manifest.name', (one) => {
  const { folder, manifest } = one;
  const tarball = () => inject('tarballs')[manifest.name]!;

  it('passes publint', async () => {
    const data = await readFile(tarball());
    const { messages, pkg } = await publint({
      strict: true,
      pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) },
    });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('gives its types to every module resolution that knows ES modules', async () => {
    const found = await checkPackage(
      createPackageFromTarballData(new Uint8Array(await readFile(tarball()))),
    );
    expect(found.types).toBeTruthy();
    const problems = 'problems' in found ? found.problems : [];
    // `require` of an ES module works from Node 20.19 on. node10's resolution ignores `exports`.
    const others = problems.filter(
      (problem) =>
        problem.kind !== 'CJSResolvesToESM' &&
        !('resolutionKind' in problem && problem.resolutionKind === 'node10'),
    );
    expect(others).toEqual([]);
  });

  it('imports only what it declares', () => {
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    const imported = importedPackages(one);
    if (manifest.name !== '@ds/checks') {
      expect(imported.keys()).toContain('@tensorflow/tfjs-core');
    }
    const missing = [...imported].filter(([name]) => name !== manifest.name && !(name in declared));
    expect(missing).toEqual([]);
  });

  it('declares its side effects, and the version of Node', async () => {
    expect(manifest.sideEffects).toBeDefined();
    const { engines, license } = JSON.parse(
      await readFile(path.join(folder, 'package.json'), 'utf8'),
    );
    expect(engines.node).toBe('>=20.19');
    expect(license).toBe('Apache-2.0');
  });

  it('contains its licence and its README, and no tests', async () => {
    const inside = path.posix.join('/node_modules', manifest.name);
    const files = createPackageFromTarballData(new Uint8Array(await readFile(tarball())))
      .listFiles()
      .map((file) => path.posix.relative(inside, file));
    expect(files.filter((file) => !file.startsWith('dist/')).sort()).toEqual([
      'LICENSE',
      'NOTICE',
      'README.md',
      'package.json',
    ]);
  });
});
