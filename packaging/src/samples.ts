import { readdirSync } from 'node:fs';
import path from 'node:path';
import { transformWithOxc } from 'vite';
import { publishedPackages, ROOT } from './published-packages.js';

/** A sample of a page, and its expected output. */
export interface Sample {
  language: 'js' | 'ts';
  /** The sample, after the code of a hidden `<!-- before … -->` comment. */
  code: string;
  /** The lines in the comments after `console.log`. `…` matches any text. */
  expected: string[];
  /**
   * The name of a file that other samples of the page use. `null` for a sample that runs itself.
   */
  file: string | null;
}

const BLOCK = /(?:<!-- before\n([\s\S]*?)-->\s*)?```(js|ts) (?:run|file=(\S+))\n([\s\S]*?)```/g;

/**
 * The `js` and `ts` blocks of a page that are marked `run` or as a file.
 */
export function samplesOf(markdown: string): Sample[] {
  return [...markdown.matchAll(BLOCK)].map(([, before = '', language, file = null, code]) => ({
    language: language as 'js' | 'ts',
    code: `${before}${code}`,
    expected: [...code!.matchAll(/^\s*(?:if .*)?console\.log\(.*\); \/\/ (.+)$/gm)].map(
      ([, line]) => line!,
    ),
    file,
  }));
}

/**
 * Pages with samples, relative to the root: READMEs of packages, and the pages of the site that are
 * not generated from them.
 */
export function samplePages(): string[] {
  const generated = ['backends.md', 'experiments.md', 'results.md', 'speed.md'];
  const ofSite = ['.', 'guide', 'theory', 'contribute', 'poolings'].flatMap((folder) =>
    readdirSync(path.join(ROOT, 'docs', folder))
      .filter((name) => name.endsWith('.md') && !generated.includes(name))
      .map((name) => path.join('docs', folder, name)),
  );
  const readmes = publishedPackages().map(({ folder }) =>
    path.relative(ROOT, path.join(folder, 'README.md')),
  );
  return ['README.md', ...readmes, ...ofSite].map((page) => page.replaceAll(path.sep, '/'));
}

/** The code of a sample as JavaScript. A file of declarations stays as it is. */
export async function javascriptOf({ language, file, code }: Sample): Promise<string> {
  if (language === 'js' || file?.endsWith('.d.ts')) return code;
  return (await transformWithOxc(code, 'sample.ts')).code;
}

/** The blocks of a page that are marked as a file, by the heading of level 2 above them. */
export function filesBySection(markdown: string): Record<string, Record<string, string>> {
  const sections = markdown.split(/^## /m).slice(1);
  return Object.fromEntries(
    sections.map((section) => [
      section.slice(0, section.indexOf('\n')),
      Object.fromEntries(
        [...section.matchAll(/```\w+ file=(\S+)\n([\s\S]*?)```/g)].map(([, name, text]) => [
          name!,
          text!,
        ]),
      ),
    ]),
  );
}

/** A block of commands: its text, and the mark after `sh`, such as `run` or `install`. */
export interface Commands {
  mark: string;
  text: string;
}

/** The `sh` blocks of a page. A command over several lines is one line. */
export function commandsOf(markdown: string): Commands[] {
  return [...markdown.matchAll(/```sh *(.*)\n([\s\S]*?)```/g)].map(([, mark, text]) => ({
    mark: mark!,
    text: text!.replaceAll(/\\\n\s*/g, ''),
  }));
}

/** The packages that a page's `npm install` commands name, without versions. */
export function installedBy(markdown: string): string[] {
  return commandsOf(markdown)
    .filter(({ mark }) => mark === 'install')
    .flatMap(({ text }) => [...text.matchAll(/^npm install ([^#\n]+)/gm)])
    .flatMap(([, names]) => names!.trim().split(/\s+/))
    .map((name) => name.replace(/(?<=.)@.*$/, ''));
}

/** The packages that a page's samples import. Modules of Node are left out. */
export function importedBy(markdown: string): string[] {
  const names = samplesOf(markdown).flatMap(({ code }) =>
    [...code.matchAll(/(?:from|^import) '([^'.][^']*)'/gm)].map(([, name]) => name!),
  );
  const packages = names
    .filter((name) => !name.startsWith('node:'))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)![0]);
  return [...new Set(packages)];
}

/**
 * The code blocks that no test runs. Samples of the conformance kit are excluded: vitest runs it.
 */
export function untested(markdown: string): string[] {
  return unmarked(markdown).filter((code) => !code.includes('describePooling('));
}

/** The samples of the conformance kit, which vitest runs. */
export function kitSamples(markdown: string): Pick<Sample, 'file' | 'code' | 'language'>[] {
  return unmarked(markdown)
    .filter((code) => code.includes('describePooling('))
    .map((code) => ({ file: null, code, language: 'ts' }));
}

/** The code blocks without a mark. */
function unmarked(markdown: string): string[] {
  return [...markdown.matchAll(/```(?:js|ts)\n([\s\S]*?)```/g)].map(([, code]) => code!);
}

/** Whether a printed line matches the expected line of a sample. */
export function isAsSaid(printed: string, expected: string): boolean {
  const pattern = expected
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(printed);
}
