// Marks WebAssembly modules with their build. The JavaScript beside them holds the same mark. So it
// notices a module of another version: a project may serve a copy, and may forget to renew it after
// an update. Such a copy could compute wrong numbers.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The name of the last section. `readWasm` of `@ds/checks` finds the mark by it. */
const SECTION = Buffer.from('build');

/** The mark of modules that are built together: eight hexadecimal digits of their contents. */
export function buildOf(...modules) {
  const hash = createHash('sha256');
  for (const bytes of modules) hash.update(bytes);
  return hash.digest('hex').slice(0, 8);
}

/** A module with the mark in a custom section at its end, which engines ignore. */
export function stamped(bytes, build) {
  const content = Buffer.concat([Buffer.from([SECTION.length]), SECTION, Buffer.from(build)]);
  return Buffer.concat([bytes, Buffer.from([0, content.length]), content]);
}

/** Writes a file that names the build. An unchanged one keeps its modification time, for caches. */
export function writeChanged(file, source) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== source) writeFileSync(file, source);
}
