import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Project } from '../src/project.js';
import { entriesOf, type PublishedPackage, publishedPackages } from '../src/published-packages.js';

const TFJS = '4.22.0';
const packages = publishedPackages();

/** The folder of the project that installs one package and tfjs. */
function folderOf({ manifest }: PublishedPackage): string {
  return manifest.name.replace('@ds/', '');
}

/** The entries of a package. The conformance kit only runs inside vitest. */
function entriesOfNode(one: PublishedPackage): string[] {
  return [...entriesOf(one).keys()].filter((name) => !name.endsWith('/testing'));
}

describe('each package, installed alone with tfjs', () => {
  let project: Project;
  /** The exports of each entry, by `import` and by `require`. */
  let imported: Record<string, string[]>;
  let required: Record<string, string[]>;
  beforeAll(async () => {
    project = await Project.create();
    const tarballs = inject('tarballs');
    for (const one of packages) {
      const { name } = one.manifest;
      const dependencies = { '@tensorflow/tfjs': TFJS, [name]: `file:${tarballs[name]}` };
      const entries = JSON.stringify(entriesOfNode(one));
      await project.write({
        [`${folderOf(one)}/package.json`]: JSON.stringify({ private: true, dependencies }),
        [`${folderOf(one)}/imported.mjs`]: `export const all = {};
for (const entry of ${entries}) all[entry] = Object.keys(await import(entry)).sort();`,
        [`${folderOf(one)}/required.cjs`]: `exports.all = {};
const isOwn = (key) => key !== '__esModule';
for (const entry of ${entries}) exports.all[entry] = Object.keys(require(entry)).filter(isOwn).sort();`,
      });
    }
    const folders = JSON.stringify(packages.map(folderOf));
    await project.write({
      'imported.mjs': `const all = {};
for (const one of ${folders}) Object.assign(all, (await import(\`./\${one}/imported.mjs\`)).all);
console.log(JSON.stringify(all));`,
      'required.cjs': `const all = {};
for (const one of ${folders}) Object.assign(all, require(\`./\${one}/required.cjs\`).all);
console.log(JSON.stringify(all));`,
    });
    const own = Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]);
    await project.installFolders(Object.fromEntries(own));
    imported = JSON.parse(await project.node('imported.mjs'));
    required = JSON.parse(await project.node('required.cjs'));
  });
  afterAll(() => project?.remove());

  it.each(packages)('$manifest.name has the same exports for `import` and `require`', (one) => {
    for (const entry of entriesOfNode(one)) {
      expect(imported[entry]!.length, entry).toBeGreaterThan(0);
      expect(required[entry], entry).toEqual(imported[entry]);
    }
  });

  it('shares one copy of tfjs', async () => {
    const stored = await readdir(path.join(project.folder, 'node_modules/.pnpm'));
    for (const name of ['@tensorflow+tfjs-core@', '@tensorflow+tfjs-layers@']) {
      expect(stored.filter((folder) => folder.startsWith(name))).toHaveLength(1);
    }
  });
});
