/**
 * The storage key of the reader's picture. The browser keeps it until the tab closes. It is never
 * sent.
 */
const KEY = 'own-picture';

/** Keeps a picture for a reload of the page. */
export function keepOwnPicture(canvas: HTMLCanvasElement): void {
  try {
    sessionStorage.setItem(KEY, canvas.toDataURL('image/png'));
  } catch {
    // Without room for it, a reload shows a picture of the page.
    forget();
  }
}

/** Removes the picture kept before, if the browser lets pages keep anything. */
function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // A browser that blocks the data of sites has none to remove.
  }
}

/** Whether a picture was kept. A browser that blocks the data of sites keeps none. */
export function hasOwnPicture(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

/** The kept picture, after {@link hasOwnPicture} found one. */
export async function ownPicture(): Promise<Blob> {
  const [kind, text] = sessionStorage.getItem(KEY)!.split(',') as [string, string];
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new Blob([bytes], { type: /:(.*?);/.exec(kind)![1]! });
}
