import { deflateRawSync } from 'node:zlib';
import { init, parse } from 'es-module-lexer';
import type { MarkdownRenderer } from 'vitepress';
import { isModuleName } from './module-names.js';
import { hashOfDeflated } from './shared-code.js';

await init;

/** The mark of a sample that is a whole program. */
const WHOLE = /^(js|ts) run\b/;

/** Adds a link to the playground below each sample that can run there. */
export function addRunLinks(markdown: MarkdownRenderer): void {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, i, ...rest) => {
    const { info, content } = tokens[i]!;
    const block = fence!(tokens, i, ...rest);
    if (!WHOLE.test(info) || !runsInPlayground(content)) return block;
    const hash = hashOfDeflated(deflateRawSync(content, { level: 9 }).toString('latin1'));
    return `${block}<RunLink hash="${hash}" />\n`;
  };
}

/** Whether the playground has every module that a program imports. */
export function runsInPlayground(program: string): boolean {
  const [imports] = parse(program);
  return imports.every(({ specifier }) => !specifier || isModuleName(specifier));
}
