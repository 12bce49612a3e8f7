// Writes the repository's address into each manifest, as npm's provenance requires:
//   node scripts/set-repository.mjs [https://github.com/owner/name]
// GitHub's workflows provide the address.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env;
const address =
  process.argv[2] ?? (GITHUB_REPOSITORY && `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`);
if (!address || !URL.canParse(address)) {
  console.error(`set-repository: needs the repository's address, got '${address ?? ''}'`);
  process.exit(1);
}
const packages = path.join(process.cwd(), 'packages');
for (const name of readdirSync(packages)) {
  const file = path.join(packages, name, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  if (manifest.private) continue;
  manifest.repository = { type: 'git', url: `git+${address}.git`, directory: `packages/${name}` };
  manifest.homepage = `${address}/tree/main/packages/${name}`;
  manifest.bugs = `${address}/issues`;
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}
