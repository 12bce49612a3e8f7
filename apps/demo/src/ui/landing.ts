/** The events of readers who move to another part of the page. */
const MOVES = ['wheel', 'touchstart', 'keydown', 'pointerdown'] as const;

/** Milliseconds after which panels on the way have loaded. */
const HELD = 4000;

/**
 * Scrolls to a part of the page, and stays there while panels above it load and grow. It stops when
 * the reader moves.
 */
export function landAt(id: string, isCalm: boolean): void {
  const target = document.getElementById(id);
  if (!target) return;
  target.scrollIntoView({ behavior: isCalm ? 'auto' : 'smooth' });
  target.focus({ preventScroll: true });
  let isFirst = true;
  const hold = new ResizeObserver(() => {
    // The observer also reports the height at its start.
    if (!isFirst) target.scrollIntoView();
    isFirst = false;
  });
  hold.observe(document.querySelector('main')!);
  const leave = new AbortController();
  const letGo = () => {
    hold.disconnect();
    leave.abort();
    clearTimeout(timer);
  };
  const timer = setTimeout(letGo, HELD);
  for (const move of MOVES) {
    addEventListener(move, letGo, { signal: leave.signal, passive: true });
  }
}
