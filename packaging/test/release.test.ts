import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Manifest,
  packAll,
  pnpm,
  publishedPackages,
  ROOT,
  run,
} from '../src/published-packages.js';

const ADDRESS = 'https://example.org/some/repository';

/** Rehearses a release in a copy of the working tree, without publishing. */
describe('a release', () => {
  let copy: string;
  const before = publishedPackages();
  let changesets: string[];

  beforeAll(async () => {
    copy = await mkdtemp(path.join(tmpdir(), 'release-'));
    // Of the sources a release publishes what was built.
    const files = ['--', '.', ':!*/src/*', ':!*/test/*'];
    const { stdout } = await run('git', ['ls-files', '-co', '--exclude-standard', ...files], ROOT);
    for (const file of stdout.trim().split('\n')) {
      await mkdir(path.dirname(path.join(copy, file)), { recursive: true });
      await copyFile(path.join(ROOT, file), path.join(copy, file)).catch((error) => {
        // Deleted, and not committed yet.
        if (error.code !== 'ENOENT') throw error;
      });
    }
    for (const { folder } of before) {
      const from = path.relative(ROOT, folder);
      await cp(path.join(ROOT, from, 'dist'), path.join(copy, from, 'dist'), { recursive: true });
    }
    changesets = (await readdir(path.join(copy, '.changeset'))).filter((f) => f.endsWith('.md'));
    await run('git', ['init', '-q'], copy);
    // Without the apps and the site, whose dependencies are most of all.
    const flags = ['--frozen-lockfile', '--prefer-offline', '--ignore-scripts'];
    await pnpm(['install', '--filter=./packages/*', ...flags], copy);
    await pnpm(['exec', 'changeset', 'version'], copy);
    await run(process.execPath, ['scripts/set-repository.mjs', ADDRESS], copy);
  }, 180_000);
  afterAll(() => rm(copy, { recursive: true, force: true }));

  it('sets one new version, a changelog with every changeset, and a repository', async () => {
    const after = publishedPackages(copy);
    const versions = new Set(after.map(({ manifest }) => manifest.version));
    expect(versions.size).toBe(1);
    if (changesets.length === 0) return;
    expect([...versions][0]).not.toBe(before[0]!.manifest.version);
    expect((await readdir(path.join(copy, '.changeset'))).filter((f) => f.endsWith('.md'))).toEqual(
      [],
    );
    for (const { folder, manifest } of after) {
      const changelog = await readFile(path.join(folder, 'CHANGELOG.md'), 'utf8');
      expect(changelog).toContain(`## ${manifest.version}`);
      const { repository } = manifest as Manifest & {
        repository: { url: string; directory: string };
      };
      expect(repository.url).toBe(`git+${ADDRESS}.git`);
      expect(repository.directory).toBe(path.relative(copy, folder).replaceAll(path.sep, '/'));
    }
  });

  it('packs packages that depend on each other at that version, and npm accepts them', async () => {
    const tarballs = await packAll(copy, copy);
    const packages = publishedPackages(copy);
    // npm publishes all workspaces of a project in one process.
    const packed = path.join(copy, 'packed');
    const unpacked = packages.map(({ manifest }) =>
      path.join(packed, path.basename(manifest.name)),
    );
    for (const [i, { manifest }] of packages.entries()) {
      await mkdir(unpacked[i]!, { recursive: true });
      const into = ['--strip-components=1', '-C', unpacked[i]!];
      await run('tar', ['-xzf', tarballs[manifest.name]!, ...into], copy);
    }
    await writeFile(
      path.join(packed, 'package.json'),
      JSON.stringify({ name: 'packed', private: true, workspaces: ['*'] }),
    );
    const flags = ['--dry-run', '--access', 'public', '--tag', 'latest'];
    const { stderr } = await run('npm', ['publish', '--workspaces', ...flags], packed);
    for (const [i, { manifest }] of packages.entries()) {
      expect(stderr).toContain(`${manifest.name}@${manifest.version}`);
      const file = path.join(unpacked[i]!, 'package.json');
      const { dependencies = {} } = JSON.parse(await readFile(file, 'utf8')) as Manifest;
      for (const [name, range] of Object.entries(dependencies)) {
        if (name.startsWith('@ds/')) expect(range).toBe(`^${manifest.version}`);
      }
    }
  });
});
