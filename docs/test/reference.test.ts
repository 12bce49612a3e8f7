import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { PACKAGES, TOPICS } from '../reference-topics.mjs';
import { entryPoints } from '../scripts/reference/entry-points.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const reference = path.join(root, 'docs/.vitepress/dist/reference');

/** The longest page, in words. It has all forms of a pooling for one, two and three axes. */
const LONGEST = 3600;

const pages = readdirSync(reference, { recursive: true })
  .map((file) => String(file).replaceAll(path.sep, '/'))
  .filter((file) => file.endsWith('.html') && !file.endsWith('index.html'))
  .map((file) => {
    const { document } = parseHTML(readFileSync(path.join(reference, file), 'utf8'));
    const content = document.querySelector('.vp-doc')!;
    const headings = [...content.querySelectorAll('h2')].map((heading) => heading.id);
    const titles = content.querySelectorAll('h1').length;
    return { file, titles, headings, text: content.textContent! };
  });

/**
 * The names that a source file exports in a list. Every index file of the packages has lists only.
 */
function valuesOf(source: string): string[] {
  const text = readFileSync(source, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list]) =>
    list!
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name && !name.startsWith('type '))
      .map((name) => name.replace(/^.* as /, '')),
  );
}

describe('the reference', () => {
  it('has every package', () => {
    expect([...PACKAGES].sort()).toEqual(Object.keys(TOPICS).sort());
  });

  it.each(PACKAGES)('has every value of %s on one page', (name) => {
    const ids = pages
      .filter(({ file }) => file.startsWith(`${name}/`))
      .flatMap(({ headings }) => headings.map((id) => id.replace(/-\d+$/, '')));
    const entries = entryPoints(path.join(root, 'packages'), [name]) as Record<string, string>;
    const values = new Set(Object.values(entries).flatMap(valuesOf));
    expect(values.size).toBeGreaterThan(0);
    expect([...values].filter((value) => !ids.includes(value))).toEqual([]);
  });

  it('has one title and at least one export on each page', () => {
    const others = pages.filter(({ titles, headings }) => titles !== 1 || headings.length === 0);
    expect(others.map(({ file }) => file)).toEqual([]);
  });

  it('does not repeat what a layer inherits from tfjs', () => {
    const pattern = /inherited from|computeOutputShape\(\)|getConfig\(\)|countParams\(\)/i;
    expect(pages.filter(({ text }) => pattern.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it('has short pages', () => {
    const words = ({ text }: { text: string }) => text.split(/\s+/).length;
    expect(pages.filter((page) => words(page) > LONGEST).map(({ file }) => file)).toEqual([]);
  });
});
