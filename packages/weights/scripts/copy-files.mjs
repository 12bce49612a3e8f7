// Copies the weights into the folder of the built code.
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [from, to] = ['src', 'dist'].map((folder) =>
  fileURLToPath(new URL(`../${folder}/files`, import.meta.url)),
);
rmSync(to, { recursive: true, force: true });
cpSync(from, to, { recursive: true });
