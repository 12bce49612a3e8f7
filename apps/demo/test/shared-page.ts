import type { Browser } from 'playwright-core';
import { BuiltPage, launch, open, type WatchedPage } from './page.js';

/** The browser of the tests of all panels, and one page that they share. */
export class SharedPage {
  #built: BuiltPage | null = null;
  #browser: Browser | null = null;
  #watched: WatchedPage | null = null;

  async launch(flags: string[]): Promise<void> {
    this.#built = await BuiltPage.serve();
    this.#browser = await launch(flags);
  }

  get address(): string {
    return this.#built!.address;
  }

  get browser(): Browser {
    return this.#browser!;
  }

  /** The page, as the test before left it. The first call opens it. */
  async opened(): Promise<WatchedPage> {
    this.#watched ??= await open(this.browser, this.address);
    return this.#watched;
  }

  /** Closes the page. The next test opens it again. */
  async leave(): Promise<void> {
    await this.#watched?.page.context().close();
    this.#watched = null;
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#built?.close();
  }
}
