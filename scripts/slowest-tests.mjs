// Prints the slowest tests of a run, over all packages:
//   DS_TEST_TIMES=<folder> npm test
//   node scripts/slowest-tests.mjs <folder> [count]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [folder, count = '10'] = process.argv.slice(2);
if (!folder) {
  console.error('slowest-tests: needs the folder that DS_TEST_TIMES named');
  process.exit(1);
}
const lines = slowestTests(folder, Number(count));
console.log(lines.length > 0 ? lines.join('\n') : 'no test ran: all results were stored');

/**
 * Reads the files that vitest's JSON reporter wrote into a folder, one for each package.
 *
 * @returns lines with the seconds, the file and the name of a test, the slowest one first.
 */
function slowestTests(from, most) {
  const reports = existsSync(from) ? readdirSync(from).filter(isJson).sort() : [];
  const tests = reports.flatMap((name) => {
    const { testResults } = JSON.parse(readFileSync(path.join(from, name), 'utf8'));
    return testResults.flatMap(({ name: file, assertionResults }) =>
      assertionResults.map(({ fullName, duration }) => ({ file, fullName, ms: duration ?? 0 })),
    );
  });
  return tests
    .sort((a, b) => b.ms - a.ms)
    .slice(0, most)
    .map(({ file, fullName, ms }) => {
      const at = path.relative(root, file).split(path.sep).join('/');
      return `${(ms / 1000).toFixed(1).padStart(6)} s  ${at}: ${fullName}`;
    });
}

function isJson(name) {
  return name.endsWith('.json');
}
