// Lists lines of prose and comments that are longer than 100 columns, and fails if there are any:
//   node scripts/line-lengths.mjs
// Tables, code blocks, headings, page headers and long addresses may be longer.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MOST = 100;
/** Files that scripts generate, or that quote others. */
const GENERATED =
  /^(docs\/results\/|packages\/weights\/README\.md|packages\/export\/src\/onnx\/onnx_pb\.ts|THIRD-PARTY\.md)/;
const ADDRESS = /https?:\/\/\S{30,}|\]\(\S{30,}\)/;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');
const long = files
  .filter((file) => /\.(md|ts|tsx|mts|mjs|js|yml|sh)$/.test(file) && !GENERATED.test(file))
  .flatMap((file) => {
    const lines = readFileSync(path.join(root, file), 'utf8').split('\n');
    const found = file.endsWith('.md') ? longProse(lines) : longComments(lines);
    return found.map((line) => `${file}:${line}`);
  });
if (long.length > 0) {
  console.error(`Lines over ${MOST} columns:\n${long.join('\n')}`);
  process.exitCode = 1;
}

/** The numbers of the lines of a page that are too long. */
function longProse(lines) {
  const end = lines[0] === '---' ? lines.indexOf('---', 1) : -1;
  let isCode = false;
  return lines.flatMap((line, i) => {
    if (/^\s*(```|~~~)/.test(line)) isCode = !isCode;
    const isFree = isCode || i <= end || /^\s*(\||!\[|<|#|\$\$)/.test(line) || ADDRESS.test(line);
    return line.length > MOST && !isFree ? [i + 1] : [];
  });
}

/** The numbers of the comments of a program that are too long. */
function longComments(lines) {
  return lines.flatMap((line, i) =>
    line.length > MOST && /^\s*(\/\/|\/?\*|#)/.test(line) && !ADDRESS.test(line) ? [i + 1] : [],
  );
}
