import path from 'node:path';
import satisfies from 'spdx-satisfies';
import { expect, it } from 'vitest';
import { licencesOf } from '../src/licences.js';
import { publishedPackages, ROOT } from '../src/published-packages.js';

const PERMISSIVE = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
];

const all = licencesOf(publishedPackages());

it('finds the dependencies of every package', () => {
  expect(all.find(({ name }) => name === '@tensorflow/tfjs-core')!.wantedBy).toHaveLength(12);
  expect(all.find(({ name }) => name === 'pure-rand')!.wantedBy).toContain('@ds/models');
});

it('has dependencies with permissive licences only', () => {
  expect(all.filter(({ licence }) => !isPermissive(licence))).toEqual([]);
});

it('lists them all in THIRD-PARTY.md (vitest run -u writes it)', async () => {
  const text = [
    '# Dependencies of the packages',
    '',
    'These are all run-time dependencies of the published packages.',
    'Peer dependencies such as TensorFlow.js are included, optional peers are not.',
    'A test in `packaging/` generates and checks this list.',
    '',
    '| package | licence | needed by |',
    '| --- | --- | --- |',
    ...all.map(
      ({ name, licence, wantedBy }) => `| ${name} | ${licence} | ${wantedBy.join(', ')} |`,
    ),
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot(path.join(ROOT, 'THIRD-PARTY.md'));
});

function isPermissive(licence: string): boolean {
  // "AND" requires that every part is permissive.
  return licence.split(/ AND /).every((part) => satisfies(part.replace(/[()]/g, ''), PERMISSIVE));
}
