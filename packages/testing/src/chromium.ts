import { existsSync } from 'node:fs';

/** Path of Chromium: DS_CHROMIUM, or Debian's. */
export const CHROMIUM = process.env.DS_CHROMIUM ?? '/usr/bin/chromium';

/** Whether Chromium tests are skipped: it is not installed, and this is not CI. */
export const lacksChromium = !existsSync(CHROMIUM) && !process.env.CI;

/** Chromium's flags for a machine without network access. */
export const CLOSED_NETWORK = ['--no-sandbox', '--disable-quic', '--disable-background-networking'];
