import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { init, parse } from 'es-module-lexer';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface ImportGraph {
  /** Packages and apps as boxes, an arrow from each to what its sources import. */
  svg: string;
  /** Lines of source by package. */
  sizes: { name: string; files: number; lines: number }[];
}

declare const data: ImportGraph;

export { data };

/** Built from the imports in the sources, whenever the site is. */
export default {
  watch: ['../../packages/*/src/**', '../../apps/*/src/**'],
  async load(): Promise<ImportGraph> {
    await init;
    const members = ['packages', 'apps'].flatMap((kind) =>
      readdirSync(path.join(root, kind))
        .filter((name) => name !== 'testing')
        .map((name) => ({ kind, name, ...readSources(path.join(root, kind, name, 'src')) })),
    );
    const isApp = new Set(members.filter(({ kind }) => kind === 'apps').map(({ name }) => name));
    const dot = `digraph {
      rankdir=BT; bgcolor=transparent; nodesep=0.3; ranksep=0.5;
      node [shape=box style=rounded fontname="sans-serif" fontsize=13 height=0.4];
      edge [arrowsize=0.6];
      ${members.map(({ name }) => `"${name}" [${isApp.has(name) ? 'style="rounded,dashed" ' : ''}label="${isApp.has(name) ? '' : '@ds/'}${name}"];`).join('\n')}
      ${members.flatMap(({ name, imports }) => [...imports].map((other) => `"${name}" -> "${other}";`)).join('\n')}
    }`;
    const graphviz = await Graphviz.load();
    const svg = graphviz
      .dot(dot)
      .replace(
        /^[\s\S]*?<svg /,
        '<svg role="img" aria-label="Which package imports which" style="max-width:100%;height:auto" ',
      )
      // Of the page's own colour, light or dark; text has no colour attribute where it is black.
      .replaceAll('stroke="black"', 'stroke="currentColor"')
      .replaceAll('fill="black"', 'fill="currentColor"')
      .replaceAll('<text ', '<text fill="currentColor" ');
    const sizes = members.map(({ name, files, lines }) => ({ name, files, lines }));
    return { svg, sizes };
  },
};

/** Which packages of the house a folder's sources import, and how long they are. */
function readSources(folder: string) {
  const imports = new Set<string>();
  let lines = 0;
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) =>
    /\.tsx?$/.test(file),
  );
  for (const file of files) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    lines += text.split('\n').length;
    for (const found of importsOf(text)) {
      const [, name] = /^@ds\/(\w+)/.exec(found) ?? [];
      if (name) imports.add(name);
    }
  }
  return { imports, files: files.length, lines };
}

function importsOf(text: string): string[] {
  try {
    return parse(text)[0].flatMap((found) =>
      'specifier' in found && found.specifier ? [found.specifier] : [],
    );
  } catch {
    // JSX is no module syntax that the lexer knows; its imports are one to a line all the same.
    return [...text.matchAll(/from '([^']+)'/g)].map(([, specifier]) => specifier!);
  }
}
