import { readdirSync, readFileSync, statSync } from 'node:fs';
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
    .filter((file) => file.endsWith('.html'))
    .map((file) => {
      const { document } = parseHTML(readFileSync(path.join(site, file), 'utf8'));
      const all = (selector: string, name: string) =>
        [...document.querySelectorAll(selector)].map((one) => one.getAttribute(name)!);
      const links = [...all('a[href], link[href]', 'href'), ...all('img[src]', 'src')];
      return [file, { links, ids: new Set(all('[id]', 'id')) }];
    }),
);

/** The file that a server sends for a path. Links to pages have no `.html`. */
function fileOf(pathname: string): string | undefined {
  const candidates = /(^|\/)$/.test(pathname)
    ? [`${pathname}index.html`]
    : [pathname, `${pathname}.html`];
  return candidates.find((file) =>
    statSync(path.join(site, file), { throwIfNoEntry: false })?.isFile(),
  );
}

/** The reason that a link of a page leads nowhere, or `null`. Links to other sites are not read. */
function fault(page: string, link: string): string | null {
  const url = new URL(link, `http://site/${page}`);
  if (url.host !== 'site') return null;
  const pathname = decodeURI(url.pathname).slice(1);
  const file = fileOf(pathname);
  if (!file) return `there is no ${pathname}`;
  // A link to the playground has a program after its `#`.
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

  it('name no page by its file', () => {
    const named = [...pages].flatMap(([page, { links }]) =>
      links
        .filter((link) => /^(?!https?:)(?!\/demo\/).*\.html(#|$)/.test(link))
        .map((link) => `${page}: ${link}`),
    );
    expect(named).toEqual([]);
  });
});
