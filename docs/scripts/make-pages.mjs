import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { backendsPage } from './backends-page.mjs';
import { markdownTable } from './markdown-table.mjs';
import { reproducedPage } from './reproduced-page.mjs';
import { resultCell, shownColumns } from './result-cells.mjs';
import { speedPage } from './speed-page.mjs';

/** Maps link targets in READMEs to pages of the site. */
const PLACES = [
  [/^(?:\.\.\/\.\.\/)?packages\/(\w+)\/?$/, '/packages/$1'],
  [/^\.\.\/(\w+)$/, '/packages/$1'],
  [/^(?:\.\.\/\.\.\/)?apps\/benchmark\/?$/, '/experiments'],
  [/^(?:\.\.\/\.\.\/)?README\.md$/, '/'],
  [/^(?:\.\.\/\.\.\/)?docs\/(speed|results)$/, '/$1'],
  [/^(?:\.\.\/\.\.\/)?docs\/(guide|theory|poolings|contribute)\/([\w-]+)\.md$/, '/$1/$2'],
];

/** Converts a README to a page by replacing its links. */
function pageOf(readme) {
  return readme.replace(/\]\(([^)#\s]+)(#[^)]*)?\)/g, (whole, link, anchor = '') => {
    if (/^(https?:|\/|mailto:)/.test(link)) return whole;
    for (const [pattern, place] of PLACES) {
      if (pattern.test(link)) return `](${link.replace(pattern, place)}${anchor})`;
    }
    // Other files of the repository have no page.
    return '](/)';
  });
}

/** Generates the pages that are not written by hand. */
export function makePages(docs) {
  const root = path.join(docs, '..');
  // Generated pages have no edit link.
  const write = (page, text, pageClass = 'made', matter = '') =>
    writeFileSync(
      path.join(docs, page),
      `---\neditLink: false\npageClass: ${pageClass}\n${matter}---\n\n${text}`,
    );
  const readmeOf = (...folder) =>
    pageOf(readFileSync(path.join(root, ...folder, 'README.md'), 'utf8'));
  mkdirSync(path.join(docs, 'packages'), { recursive: true });
  for (const name of readdirSync(path.join(root, 'packages'))) {
    const file = path.join(root, 'packages', name, 'package.json');
    if (JSON.parse(readFileSync(file, 'utf8')).private) continue;
    write(`packages/${name}.md`, readmeOf('packages', name));
  }
  write('experiments.md', readmeOf('apps', 'benchmark'));
  // Wide tables take the room of the outline.
  const withoutOutline = 'aside: false\n';
  write(
    'reproduced.md',
    reproducedPage(
      path.join(docs, 'results'),
      path.join(docs, 'medium-time/stored.json'),
      path.join(docs, 'audio-start/stored.json'),
      path.join(docs, 'speed/gpu.json'),
    ),
    'sentence-tables',
    withoutOutline,
  );
  write('results.md', resultsPage(path.join(docs, 'results')));
  write(
    'speed.md',
    speedPage(
      path.join(docs, 'speed/stored.json'),
      path.join(docs, 'speed/another.json'),
      path.join(docs, 'speed/fft.json'),
      path.join(docs, 'speed/gpu.json'),
    ),
    'speed-tables',
    withoutOutline,
  );
  write('backends.md', backendsPage(path.join(docs, 'backends/found.json')));
}

/** The page of results, generated from the stored tables. */
function resultsPage(folder) {
  const parts = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const stored = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
      return resultPart(path.parse(name).name, stored);
    });
  return [
    '# What was measured',
    'A script generates this page from stored runs. Every table names its protocol. ' +
      'Quick runs are illustrations and do not follow the papers’ protocols.',
    ...parts,
  ].join('\n\n');
}

function resultPart(name, { title, protocol, hardware, date, command, columns, rows, notes }) {
  const shown = shownColumns(columns);
  const table = markdownTable(
    shown.map((column) => column.name),
    rows.map((row) => shown.map(({ key }) => resultCell(row, key))),
  );
  return [
    `## ${title}`,
    `${protocol} ${hardware}, ${date}.`,
    `<StoredFigure name="${name}" />`,
    ...(rows.some((row) => row.inferenceMilliseconds > 0)
      ? [`<StoredFigure name="${name}" cost="inferenceMilliseconds" />`]
      : []),
    table,
    ...(notes ?? []),
    `\`\`\`sh\nnpx ${command}\n\`\`\``,
  ].join('\n\n');
}
