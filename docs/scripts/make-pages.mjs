import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { backendsPage } from './backends-page.mjs';
import { speedPage } from './speed-page.mjs';

/** Where what READMEs link to lies on the site. */
const PLACES = [
  [/^(?:\.\.\/\.\.\/)?packages\/(\w+)\/?$/, '/packages/$1'],
  [/^\.\.\/\.\.\/packages\/(\w+)$/, '/packages/$1'],
  [/^\.\.\/(\w+)$/, '/packages/$1'],
  [/^(?:\.\.\/\.\.\/)?apps\/benchmark\/?$/, '/experiments'],
  [/^(?:\.\.\/\.\.\/)?README\.md$/, '/'],
  [/^(?:\.\.\/\.\.\/)?docs\/poolings\/(\w+)\.md$/, '/contribute/new-pooling'],
];

/** A page that says what a README says: prose is written once. */
function pageOf(readme) {
  return readme.replace(/\]\(([^)#\s]+)(#[^)]*)?\)/g, (whole, link, anchor = '') => {
    if (/^(https?:|\/|mailto:)/.test(link)) return whole;
    for (const [pattern, place] of PLACES) {
      if (pattern.test(link)) return `](${link.replace(pattern, place)}${anchor})`;
    }
    // A file of the repository has no page.
    return '](/)';
  });
}

/** Makes the pages that are not written here. */
export function makePages(docs) {
  const root = path.join(docs, '..');
  // Who wants to change one has to go elsewhere.
  const write = (page, text, pageClass = 'made') =>
    writeFileSync(
      path.join(docs, page),
      `---\neditLink: false\npageClass: ${pageClass}\n---\n\n${text}`,
    );
  const readmeOf = (...folder) =>
    pageOf(readFileSync(path.join(root, ...folder, 'README.md'), 'utf8'));
  mkdirSync(path.join(docs, 'packages'), { recursive: true });
  for (const name of readdirSync(path.join(root, 'packages'))) {
    if (name !== 'testing') write(`packages/${name}.md`, readmeOf('packages', name));
  }
  write('experiments.md', readmeOf('apps', 'benchmark'));
  write('results.md', resultsPage(path.join(docs, 'results')));
  write(
    'speed.md',
    speedPage(
      path.join(docs, 'speed/stored.json'),
      path.join(docs, 'speed/fft.json'),
      path.join(docs, 'speed/gpu.json'),
    ),
    'wide-tables',
  );
  write('backends.md', backendsPage(path.join(docs, 'backends/found.json')));
}

/** The page of results, from the stored tables and what is known of each: nothing is typed by hand. */
function resultsPage(folder) {
  const parts = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => resultPart(JSON.parse(readFileSync(path.join(folder, name), 'utf8'))));
  return [
    '# What was measured',
    'Made from stored runs by a script. Every table says how it came about; the quick ones are illustrations, not the papers’ protocols.',
    ...parts,
  ].join('\n\n');
}

/** A value of a table. Numbers have two decimals at most, and commas between thousands. */
function shown(value) {
  return typeof value === 'number'
    ? value.toLocaleString('en', { maximumFractionDigits: 2 })
    : (value ?? '');
}

function resultPart({ title, protocol, hardware, date, command, columns, rows, notes }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const table = [
    line(columns.map(({ name }) => name)),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map(({ key }) => shown(row[key])))),
  ].join('\n');
  return [
    `## ${title}`,
    `${protocol} ${hardware}, ${date}.`,
    table,
    ...(notes ?? []),
    `\`\`\`sh\n${command}\n\`\`\``,
  ].join('\n\n');
}
