import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import site from '../.vitepress/config.mjs';
import typedoc from '../typedoc.config.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sidebar = JSON.stringify(site.themeConfig!.sidebar);
const has = (link: string) => sidebar.includes(`"link":"${link}"`);

describe('the sidebar', () => {
  it.each(['contribute', 'guide', 'theory'])('has every page of %s', (folder) => {
    const names = readdirSync(path.join(root, 'docs', folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `/${folder}/${path.basename(name, '.md')}`);
    expect(names.filter((link) => !has(link))).toEqual([]);
  });

  it('has every published package', () => {
    const names = readdirSync(path.join(root, 'packages')).filter(
      (name) => name !== 'testing' && existsSync(path.join(root, 'packages', name, 'README.md')),
    );
    expect(names.filter((name) => !has(`/packages/${name}`))).toEqual([]);
  });

  it('has the reference of every entry point', () => {
    const links = typedoc.entryPoints.map((file) =>
      file.replace('../packages', '/reference').replace(/(\/index)?\.ts$/, ''),
    );
    expect(links.filter((link) => !has(link))).toEqual([]);
  });
});
