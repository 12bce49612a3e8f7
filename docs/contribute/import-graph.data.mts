import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { init, parse } from 'es-module-lexer';

/** Packages that no user installs. */
const PRIVATE = ['testing', 'palette'];

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface ImportGraph {
  /** A graph of packages and apps, with an arrow for each import. */
  svg: string;
  /** Lines of source by package. */
  sizes: { name: string; files: number; lines: number }[];
}

declare const data: ImportGraph;

export { data };

/**
 * VitePress calls this at each start and at each build. It watches no sources, since it follows all
 * links of `node_modules` to find them, which takes most of the time of a build.
 */
export default {
  async load(): Promise<ImportGraph> {
    await init;
    const members = ['packages', 'apps'].flatMap((kind) =>
      readdirSync(path.join(root, kind))
        .filter((name) => !PRIVATE.includes(name))
        .map((name) => ({ kind, name, ...readSources(path.join(root, kind, name, 'src')) })),
    );
    const isApp = new Set(members.filter(({ kind }) => kind === 'apps').map(({ name }) => name));
    const dot = `digraph {
      rankdir=BT; bgcolor=transparent; nodesep=0.1; ranksep=0.45;
      node [shape=box style=rounded fontname="sans-serif" fontsize=18 height=0.4 margin="0.08,0.05"];
      edge [arrowsize=0.6];
      ${members.map(({ name }) => `"${name}" [${isApp.has(name) ? 'style="rounded,dashed" ' : ''}label="${name}"];`).join('\n')}
      ${members.flatMap(({ name, imports }) => [...imports].filter((other) => !PRIVATE.includes(other)).map((other) => `"${name}" -> "${other}";`)).join('\n')}
    }`;
    const graphviz = await Graphviz.load();
    const svg = graphviz
      .dot(dot)
      .replace(
        /^[\s\S]*?<svg /,
        '<svg role="img" aria-label="Which package imports which" style="max-width:100%;min-width:560px;height:auto" ',
      )
      // Use the page's text colour, light or dark. Black text has no colour attribute.
      .replaceAll('stroke="black"', 'stroke="currentColor"')
      .replaceAll('fill="black"', 'fill="currentColor"')
      .replaceAll('<text ', '<text fill="currentColor" ');
    const sizes = members.map(({ name, files, lines }) => ({ name, files, lines }));
    return { svg, sizes };
  },
};

/** The packages that a folder's sources import, and the number of files and lines. */
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
    // The lexer cannot parse JSX, so its imports are matched by a pattern.
    return [...text.matchAll(/from '([^']+)'/g)].map(([, specifier]) => specifier!);
  }
}
