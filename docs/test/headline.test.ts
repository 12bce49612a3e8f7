import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { withHeadline } from '../scripts/headline.mjs';

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');

it('has the figures of the stored runs in the README', () => {
  expect(withHeadline(readme)).toBe(readme);
  expect(readme.match(/<!-- headline: /g)).toHaveLength(2);
});

it('replaces figures that are not of the stored runs', () => {
  const changed = readme.replace(/(\| strided convolutions \| )\d/, '$10');
  expect(changed).not.toBe(readme);
  expect(withHeadline(changed)).toBe(readme);
});

it('refuses a passage without a name it knows', () => {
  const page = '<!-- headline: other -->\n\n<!-- end -->';
  expect(() => withHeadline(page)).toThrow("headline: no passage has the name 'other'");
});
