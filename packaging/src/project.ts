import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pnpm, run } from './published-packages.js';

/** An empty npm project outside of the repository, as a new user starts. */
export class Project {
  private constructor(readonly folder: string) {}

  static async create(manifest: object = {}): Promise<Project> {
    const project = new Project(await mkdtemp(path.join(tmpdir(), 'project-')));
    await project.write({ 'package.json': JSON.stringify({ private: true, ...manifest }) });
    return project;
  }

  async write(files: Record<string, string>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  /** `npm install` of tarballs and of packages from the registry. */
  async install(...packages: string[]): Promise<void> {
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
    await run('npm', ['install', ...quiet, ...packages], this.folder);
  }

  /**
   * Installs the dependencies of every folder of the project that has a manifest, by pnpm. Each
   * folder sees what its own manifest names, and nothing else.
   *
   * @param overrides the specifier of each package that is not on npm, by name
   */
  async installFolders(overrides: Record<string, string>): Promise<void> {
    await this.write({
      'pnpm-workspace.yaml': JSON.stringify({ packages: ['*'], hoist: false, overrides }),
    });
    await this.installByPnpm();
  }

  /**
   * Installs packages by pnpm into one flat `node_modules`, as npm does, in a tenth of its CPU
   * time.
   *
   * @param dependencies versions of packages on npm, and tarballs of those that are not, by name
   */
  async installFlat(dependencies: Record<string, string>): Promise<void> {
    const local = Object.entries(dependencies).filter(([, version]) => version.startsWith('file:'));
    await this.write({
      'package.json': JSON.stringify({ private: true, type: 'module', dependencies }),
      'pnpm-workspace.yaml': JSON.stringify({
        nodeLinker: 'hoisted',
        overrides: Object.fromEntries(local),
      }),
    });
    await this.installByPnpm();
  }

  private async installByPnpm(): Promise<void> {
    const flags = ['--prefer-offline', '--ignore-scripts', '--no-frozen-lockfile'];
    await pnpm(['install', ...flags], this.folder);
  }

  /** Makes an installed package available to the project, without an installation. */
  async link(name: string, folder: string): Promise<void> {
    const place = path.join(this.folder, 'node_modules', name);
    await mkdir(path.dirname(place), { recursive: true });
    await rm(place, { recursive: true, force: true });
    await symlink(folder, place);
  }

  /** Runs a file of the project in Node and returns its output. */
  async node(file: string): Promise<string> {
    return (await run(process.execPath, [file], this.folder)).stdout;
  }

  /** All installed copies of a package. */
  async copiesOf(name: string): Promise<string[]> {
    const entries = (await readdir(this.folder, { recursive: true })) as string[];
    const ending = path.join('node_modules', name, 'package.json');
    return entries.filter((entry) => entry.endsWith(ending));
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
