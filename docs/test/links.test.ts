import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { HASH_KEY } from '../.vitepress/theme/playground/shared-code.js';

const site = fileURLToPath(new URL('../.vitepress/dist', import.meta.url));

/** A page of the built site: its links, and the ids that links can name. */
interface Page {
  links: string[];
  ids: Set<string>;
}

const pages = new Map<string, Page>(
  readdirSync(site, { recursive: true })
    .map((file) => String(file).replaceAll(path.sep, '/'))
    .filter((file) => file.endsWith('.html') && !file.startsWith('demo/'))
    .map((file) => {
      const { document } = parseHTML(readFileSync(path.join(site, file), 'utf8'));
      const all = (selector: string, name: string) =>
        [...document.querySelectorAll(selector)].map((one) => one.getAttribute(name)!);
      return [file, { links: all('a[href]', 'href'), ids: new Set(all('[id]', 'id')) }];
    }),
);

/** The reason that a link of a page leads nowhere, or `null`. Links to other sites are not read. */
function fault(page: string, link: string): string | null {
  const url = new URL(link, `http://site/${page}`);
  if (url.host !== 'site') return null;
  const pathname = decodeURI(url.pathname).slice(1);
  const file = pathname === '' || pathname.endsWith('/') ? `${pathname}index.html` : pathname;
  if (!existsSync(path.join(site, file))) return `there is no ${file}`;
  // A link to the playground has a program behind its `#`.
  const id = url.hash.startsWith(HASH_KEY) ? '' : decodeURIComponent(url.hash.slice(1));
  const target = pages.get(file);
  return id && target && !target.ids.has(id) ? `${file} has no #${id}` : null;
}

describe('the links of the built site', () => {
  it('lead to pages and anchors that exist', () => {
    expect(pages.size).toBeGreaterThan(50);
    const faults = [...pages].flatMap(([page, { links }]) =>
      links.flatMap((link) => {
        const found = fault(page, link);
        return found ? [`${page}: ${link}: ${found}`] : [];
      }),
    );
    expect(faults).toEqual([]);
  });
});
