import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { Project } from '../src/project.js';
import { entriesOf, type Manifest, publishedPackages } from '../src/published-packages.js';

const TFJS = '@tensorflow/tfjs@4.22.0';
const packages = publishedPackages();
const manifests = new Map(packages.map(({ manifest }) => [manifest.name, manifest]));

/** A package and its dependencies from this repository, which are not on npm. */
function withOwn(manifest: Manifest): string[] {
  const own = Object.keys(manifest.dependencies ?? {}).flatMap((name) => {
    const needed = manifests.get(name);
    return needed ? withOwn(needed) : [];
  });
  return [...new Set([manifest.name, ...own])];
}

/** A project with tfjs only. */
let project: Project;
beforeAll(async () => {
  project = await Project.create();
  await project.install(TFJS);
});
afterAll(() => project?.remove());

it.each(packages)(
  '$manifest.name installs alone; `import` and `require` give its exports, with one copy of tfjs',
  async (one) => {
    const own = withOwn(one.manifest);
    await project.installInstead(...own.map((name) => inject('tarballs')[name]!));
    expect(await project.installed('@ds')).toEqual(own.toSorted());
    // The conformance kit only runs inside vitest.
    const entries = [...entriesOf(one).keys()].filter((name) => !name.endsWith('/testing'));
    await project.write({
      'imported.mjs': `const all = {};
for (const entry of ${JSON.stringify(entries)}) all[entry] = Object.keys(await import(entry)).sort();
console.log(JSON.stringify(all));`,
      'required.cjs': `const all = {};
for (const entry of ${JSON.stringify(entries)}) all[entry] = Object.keys(require(entry)).filter((key) => key !== '__esModule').sort();
console.log(JSON.stringify(all));`,
    });
    const imported = JSON.parse(await project.node('imported.mjs'));
    const required = JSON.parse(await project.node('required.cjs'));
    for (const entry of entries) expect(imported[entry].length, entry).toBeGreaterThan(0);
    expect(required).toEqual(imported);
    for (const name of ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers']) {
      expect(await project.copiesOf(name)).toHaveLength(1);
    }
  },
);
