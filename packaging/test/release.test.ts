import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Manifest, packAll, publishedPackages, ROOT, run } from '../src/published-packages.js';

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
    await linkWorkspace(copy);
    // Changesets finds its generator of changelogs from the copy.
    const changesetCli = path.join('node_modules', '@changesets', 'cli');
    await link(path.join(ROOT, changesetCli), path.join(copy, changesetCli));
    await run(process.execPath, [path.join(changesetCli, 'bin.js'), 'version'], copy);
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

/**
 * Links the packages of a workspace to each other, as an installation does. To set versions and to
 * pack, nothing else of it is needed.
 */
async function linkWorkspace(root: string): Promise<void> {
  for (const { folder, manifest } of publishedPackages(root)) {
    const { dependencies, devDependencies, peerDependencies } = manifest;
    const all = { ...dependencies, ...devDependencies, ...peerDependencies };
    for (const [name, range] of Object.entries(all)) {
      if (!range.startsWith('workspace:')) continue;
      const target = path.join(root, 'packages', path.basename(name));
      await link(target, path.join(folder, 'node_modules', name));
    }
  }
}

/** Makes a folder available at another place. */
async function link(folder: string, place: string): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true });
  await symlink(folder, place, 'junction');
}
