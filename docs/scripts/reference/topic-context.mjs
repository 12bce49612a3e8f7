import { existsSync, readFileSync } from 'node:fs';
import { ReflectionKind } from 'typedoc';
import { MarkdownThemeContext } from 'typedoc-plugin-markdown';
import { PACKAGES, TOPICS } from '../../reference-topics.mjs';

/** The order of exports on a page. */
const ORDER = [
  ReflectionKind.Class,
  ReflectionKind.Function,
  ReflectionKind.Variable,
  ReflectionKind.Interface,
  ReflectionKind.TypeAlias,
];

/** The longest line of an import on one line. */
const WIDTH = 64;

/** A sentence ends at a full stop or before an equation, but not at "et al.". */
const SENTENCE = /^.*?(?<!al)[.:](?= |$)/;

/** A paper in brackets. */
const CITATION = / \([^()]*\d{4}[^()]*\)/g;

/** The longest description of a page. */
const DESCRIPTION = 150;

/**
 * Writes the pages of the reference. `found` has the names under which each export is imported, and
 * the pooling layers.
 */
export class TopicContext extends MarkdownThemeContext {
  constructor(found, ...args) {
    super(...args);
    this.found = found;
    const { memberWithGroups, parametersTable, signatureReturns } = this.partials;
    this.partials = {
      ...this.partials,
      memberWithGroups: (model, options) =>
        [
          memberWithGroups(model, options),
          ...(this.found.poolings.has(model) ? [this.poolingNote()] : []),
        ].join('\n\n'),
      // The signature has the types, so only descriptions need a table or a sentence.
      parametersTable: (model) => (model.some(hasComment) ? parametersTable(model) : ''),
      signatureReturns: (model, options) =>
        model.comment?.getTag('@returns') ? signatureReturns(model, options) : '',
    };
    this.templates = { ...this.templates, reflection: () => this.pageOf(this.page.model) };
  }

  pageOf(model) {
    if (model.kindOf(ReflectionKind.Project)) return this.projectPage(model);
    if (model.kindOf(ReflectionKind.Module)) return this.packagePage(model);
    return this.topicPage(model);
  }

  projectPage({ children }) {
    const modules = PACKAGES.map((name) => children.find((module) => folderOf(module) === name));
    return [
      frontmatter('Every export of every package, by package and topic.'),
      '# Reference',
      'Each page has the exports of one paper or idea. The docstrings in the sources are its text.',
      ...modules.map((module) =>
        [
          `## [${module.name}](${this.urlTo(module)})`,
          inOrder(module)
            .map((page) => `[${page.name}](${this.urlTo(page)})`)
            .join(' · '),
        ].join('\n\n'),
      ),
    ].join('\n\n');
  }

  packagePage(module) {
    return [
      frontmatter(`Every export of ${module.name}, by topic.`),
      `# ${module.name}`,
      `[The README of the package](/packages/${folderOf(module)}) says what it is for.`,
      ...inOrder(module).flatMap((page) => [
        `## [${page.name}](${this.urlTo(page)})`,
        sorted(page)
          .filter((child) => !isType(child))
          .map((child) => `- ${this.linkTo(child)}${this.firstSentence(child)}`)
          .join('\n'),
        typesOf(page).length > 0 ? `Types: ${typesOf(page).map(this.linkTo, this).join(', ')}` : '',
      ]),
    ].join('\n\n');
  }

  topicPage(page) {
    const module = page.parent;
    const { about } = TOPICS[folderOf(module)].find(({ title }) => title === page.name);
    const names = sorted(page).map(({ name }) => name);
    return [
      frontmatter(`${page.name} in ${module.name}: ${names.join(', ')}`),
      `# ${page.name}`,
      `In [${module.name}](${this.urlTo(module)}).${about ? ` About it: [${titleOf(about)}](${about}).` : ''}`,
      this.importsOf(page),
      ...sorted(page).map((child) => this.partials.memberContainer(child, { headingLevel: 2 })),
    ].join('\n\n');
  }

  /** The imports of a page's values, from the smallest entry point that has them. */
  importsOf(page) {
    const byEntry = new Map();
    for (const child of sorted(page)) {
      if (isType(child)) continue;
      const entry = this.found.imports.get(child).at(-1);
      byEntry.set(entry, [...(byEntry.get(entry) ?? []), child.name]);
    }
    const lines = [...byEntry].map(([entry, names]) => {
      const line = `import { ${names.join(', ')} } from '${entry}';`;
      if (line.length <= WIDTH) return line;
      return ['import {', ...names.map((name) => `  ${name},`), `} from '${entry}';`].join('\n');
    });
    return lines.length > 0 ? `\`\`\`ts\n${lines.join('\n')}\n\`\`\`` : '';
  }

  linkTo(child) {
    return `[\`${child.name}\`](${this.urlTo(child)})`;
  }

  firstSentence(child) {
    const comment = child.comment ?? child.signatures?.[0]?.comment;
    if (!comment) return '';
    const text = this.helpers
      .getCommentParts(comment.summary)
      .replaceAll(/\s+/g, ' ')
      .replaceAll(CITATION, '');
    return ` — ${(SENTENCE.exec(text)?.[0] ?? text).replace(/:$/, '.')}`;
  }

  poolingNote() {
    const layer = [...this.found.imports.keys()].find(({ name }) => name === 'PoolingLayer');
    return `It has the members of a [\`PoolingLayer\`](${this.urlTo(layer)}) and of a \`tf.layers\` layer.`;
  }
}
function folderOf(module) {
  return module.name.split('/')[1];
}

/** The title of a page of the site. */
function titleOf(address) {
  const [page, index] = [`${address}.md`, `${address}index.md`].map(
    (file) => new URL(`../..${file}`, import.meta.url),
  );
  return /^# (.*)$/m.exec(readFileSync(existsSync(page) ? page : index, 'utf8'))[1];
}

function isType(child) {
  return child.kindOf([ReflectionKind.Interface, ReflectionKind.TypeAlias]);
}

function typesOf(page) {
  return sorted(page).filter(isType);
}

/** The pages of a package, as `TOPICS` has them. */
function inOrder(module) {
  return TOPICS[folderOf(module)].map(({ title }) =>
    module.children.find(({ name }) => name === title),
  );
}

function hasComment({ comment }) {
  return comment !== undefined && comment.summary.length > 0;
}

function sorted({ children }) {
  const rank = ({ kind }) => ORDER.indexOf(kind);
  return children.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en'));
}

function frontmatter(text) {
  const description = text.length > DESCRIPTION ? `${text.slice(0, DESCRIPTION - 2)} …` : text;
  return `---\neditLink: false\noutline: 2\npageClass: reference\ndescription: ${JSON.stringify(description)}\n---`;
}
