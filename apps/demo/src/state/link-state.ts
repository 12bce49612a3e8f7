import { effect, type Signal } from '@preact/signals';

/** A number or a name in the page's link. */
type Entry = Signal<number> | Signal<string>;

/** Reads the page's link into signals. Missing and invalid values change nothing. */
export function readLink(
  entries: Record<string, Entry>,
  isAllowed: (key: string, value: number | string) => boolean,
): void {
  const link = new URLSearchParams(location.hash.replace(/^#/, ''));
  for (const [key, signal] of Object.entries(entries)) {
    const text = link.get(key);
    if (text === null) continue;
    const value = typeof signal.value === 'number' ? Number(text) : text;
    if (typeof value === 'number' && !Number.isFinite(value)) continue;
    if (isAllowed(key, value)) (signal as Signal<number | string>).value = value;
  }
}

/** Writes the signals into the page's link, a moment after they change. */
export function writeLink(entries: Record<string, Entry>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isFirst = true;
  effect(() => {
    const link = new URLSearchParams();
    for (const [key, signal] of Object.entries(entries)) link.set(key, String(signal.value));
    // The link has no settings until the first change.
    if (isFirst) {
      isFirst = false;
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(null, '', `#${link}`), 250);
  });
}
