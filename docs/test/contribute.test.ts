import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withMeasuredTexts } from '../scripts/measured-texts.mjs';
import { speedPage } from '../scripts/speed-page.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (...file: string[]) => readFileSync(path.join(root, ...file), 'utf8');
const contributing = read('CONTRIBUTING.md');
const pages = readdirSync(path.join(root, 'docs/contribute')).filter((name) =>
  name.endsWith('.md'),
);

/** The passages of a page that are computed from the stored run. */
const passagesIn = (page: string) =>
  withMeasuredTexts(
    page,
    JSON.parse(read('docs/speed/stored.json')),
    JSON.parse(read('docs/speed/another.json')),
  ).match(/<!-- measured: [\s\S]*?<!-- end -->/g) ?? [];

describe('CONTRIBUTING.md', () => {
  it('takes five minutes to read, at two hundred words per minute', () => {
    expect(contributing.split(/\s+/).length).toBeLessThan(1000);
  });

  it('links only to existing files, and to every page for contributors', () => {
    const links = [...contributing.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !existsSync(path.join(root, link)))).toEqual([]);
    for (const page of pages) expect(links).toContain(`docs/contribute/${page}`);
  });
});

describe('the pages for contributors', () => {
  it.each(pages)('%s names existing files', (page) => {
    const text = read('docs/contribute', page);
    const named = [
      ...text.matchAll(/`((?:apps|docs|packages|packaging|play|scripts)\/[^`*<… ]+)`/g),
    ];
    // `pnpm play` creates play/play.js, and the page on poolings has its reader write another file.
    const written = ['play/play.js', 'play/gaussian-pool.mjs'];
    const missing = named
      .map(([, file]) => file!)
      .filter((file) => !written.includes(file) && !existsSync(path.join(root, file)));
    expect(missing).toEqual([]);
  });

  it('contain only measured figures', () => {
    const speed = ['stored', 'another', 'fft', 'gpu'].map((name) =>
      path.join(root, `docs/speed/${name}.json`),
    ) as [string, string, string, string];
    const measured = [
      speedPage(...speed),
      read('packages/backend/README.md'),
      ...passagesIn(read('docs/contribute/why.md')),
    ].join();
    const pattern = /(×\d+(?:\.\d+)?(?:–\d+(?:\.\d+)?)?)|(\d+(?:[.–]\d+)*) (?:ms|GFLOP|kB)/g;
    const figures = ['why.md', 'open-work.md'].flatMap((page) =>
      [...read('docs/contribute', page).matchAll(pattern)].map(([, ratio, time]) => ratio ?? time!),
    );
    expect(figures.length).toBeGreaterThan(10);
    expect(figures.filter((figure) => !measured.includes(figure))).toEqual([]);
  });
});
