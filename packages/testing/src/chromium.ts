import { existsSync } from 'node:fs';

/** Debian's Chromium, or one of the reader's own. */
export const CHROMIUM = process.env.DS_CHROMIUM ?? '/usr/bin/chromium';

/** A reader may have no Chromium; CI must. */
export const lacksChromium = !existsSync(CHROMIUM) && !process.env.CI;

/** For a closed network. */
export const CLOSED_NETWORK = ['--no-sandbox', '--disable-quic', '--disable-background-networking'];
