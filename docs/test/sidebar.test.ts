import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import site from '../.vitepress/config.mjs';

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

  it('has every page of the reference', () => {
    const built = path.join(root, 'docs/.vitepress/dist/reference');
    const links = readdirSync(built, { recursive: true })
      .map((file) => `/reference/${String(file).replaceAll(path.sep, '/')}`)
      .filter((file) => file.endsWith('.html') && file !== '/reference/index.html')
      .map((file) => file.replace(/(?<=\/)index\.html$|\.html$/, ''));
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter((link) => !has(link))).toEqual([]);
  });
});
