import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { MODULE_NAMES } from '../../.vitepress/theme/playground/module-names.js';

const packages = fileURLToPath(new URL('../../../packages', import.meta.url));

/** What `playground.md` names as missing. */
const MISSING = [
  // Node
  '@ds/data',
  '@ds/train/checkpoints',
  '@ds/train/replicas',
  // vitest
  '@ds/layers/testing',
  '@ds/weights',
];

it('has every entry of every published package, except for those that the page names', () => {
  const entries = readdirSync(packages).flatMap((folder) => {
    const text = readFileSync(`${packages}/${folder}/package.json`, 'utf8');
    const { name, private: isPrivate, exports } = JSON.parse(text);
    if (isPrivate) return [];
    return Object.keys(exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => name + entry.slice(1));
  });
  const own = MODULE_NAMES.filter((name) => name.startsWith('@ds/'));
  expect([...own, ...MISSING].sort()).toEqual(entries.sort());
});
