import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './published-packages.js';

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
    await this.#npmInstall(packages);
  }

  /**
   * Like `install`, but does not change the manifest. npm then removes the packages of the previous
   * call that this call does not need.
   */
  async installInstead(...packages: string[]): Promise<void> {
    await this.#npmInstall(['--no-save', ...packages]);
  }

  async #npmInstall(args: string[]): Promise<void> {
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
    await run('npm', ['install', ...quiet, ...args], this.folder);
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

  /** The packages of a scope at the top of `node_modules`. */
  async installed(scope: string): Promise<string[]> {
    const names = await readdir(path.join(this.folder, 'node_modules', scope));
    return names.map((name) => `${scope}/${name}`).toSorted();
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
