import type { Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keepOwnPicture, ownPicture } from '../state/own-picture.js';
import { poolState } from '../state/pool-state.js';
import { CameraView } from '../ui/camera-view.js';
import { decodedPicture } from '../ui/decoded-picture.js';
import { PictureFile, PictureThumbs, pagePicture } from '../ui/picture-choice.js';
import { useCamera } from '../ui/use-camera.js';
import { messageOf } from '../ui/worker-link.js';
import type { Picture } from '../workers/image-bytes.js';

/** Side of the scaled picture. */
const SIDE = 512;

interface PictureSourceProps {
  picture: Signal<Picture | null>;
  error: Signal<string | null>;
}

/** Chooses the picture: a built-in one, a file, a pasted or dropped picture, or the camera. */
export function PictureSource({ picture, error }: PictureSourceProps) {
  const camera = useCamera((message) => {
    error.value = message;
  });
  const { note, isOwn, take, takeOwn } = useLatestPicture({ picture, error });
  const place = useRef<HTMLDivElement>(null);
  const takeFile = (file: File | undefined) => {
    if (file) takeOwn(() => decodedPicture(file));
  };
  const chosen = poolState.picture.value;

  useEffect(() => {
    if (chosen !== 'own') take(async () => createImageBitmap(await pagePicture(chosen)));
    // After a reload, or by a link, another picture is shown or none, but the reader's was kept.
    else if (!isOwn.current) take(async () => createImageBitmap(await ownPicture()));
    isOwn.current = chosen === 'own';
  }, [chosen]);
  usePastedPicture(takeFile);
  useDroppedPicture(place, takeFile);

  return (
    <div ref={place} class="source">
      <fieldset>
        <legend class="visually-hidden">Picture</legend>
        <PictureThumbs
          chosen={chosen}
          onChoose={(name) => {
            error.value = null;
            poolState.picture.value = name;
          }}
        />
        <PictureFile caption="Your picture …" label="Your picture" onFile={takeFile} />
        <button type="button" class="plain" disabled={camera.isBusy} onClick={camera.open}>
          Camera
        </button>
      </fieldset>
      <p class="hint" role="status" data-testid="picture-note">
        {note || 'You can also paste or drop a picture. Pictures stay in your browser.'}
      </p>
      {camera.stream && (
        <CameraView
          stream={camera.stream}
          onShot={(bitmap) => takeOwn(async () => bitmap)}
          onError={(message) => {
            error.value = message;
          }}
          onClose={camera.close}
        />
      )}
    </div>
  );
}

/** Takes pictures into the signals of the panel. The latest one that was asked for stays. */
function useLatestPicture({ picture, error }: PictureSourceProps) {
  /** What was done to the reader's picture. */
  const [note, setNote] = useState('');
  /** Numbers the pictures, so that a slow one does not replace a later one. */
  const latest = useRef(0);
  /** Whether the picture is the reader's own, and not one of the page. */
  const isOwn = useRef(false);

  const take = async (load: () => Promise<ImageBitmap>, isNew = false) => {
    latest.current += 1;
    const own = latest.current;
    try {
      const { canvas, shown, ...taken } = await squareOf(load);
      if (own !== latest.current) return;
      setNote(isNew ? taken.note : '');
      picture.value = shown;
      error.value = null;
      if (!isNew) return;
      keepOwnPicture(canvas);
      isOwn.current = true;
      poolState.picture.value = 'own';
    } catch (reason) {
      if (own === latest.current) error.value = messageOf(reason);
    }
  };
  const takeOwn = (load: () => Promise<ImageBitmap>) => take(load, true);
  return { note, isOwn, take, takeOwn };
}

/** Calls a function with each picture that is pasted into the page. */
function usePastedPicture(onPaste: (picture: File) => void): void {
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const item = [...(event.clipboardData?.files ?? [])].find(({ type }) =>
        type.startsWith('image/'),
      );
      if (item) onPaste(item);
    };
    addEventListener('paste', paste);
    return () => removeEventListener('paste', paste);
  }, []);
}

/** Calls a function with each file that is dropped on the panel of an element. */
function useDroppedPicture(
  place: RefObject<HTMLElement | null>,
  onDrop: (file: File | undefined) => void,
): void {
  useEffect(() => {
    const panel = place.current!.closest<HTMLElement>('.panel')!;
    const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files');
    const over = (event: DragEvent) => {
      // Otherwise the browser would leave the page for the file.
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      onDrop(event.dataTransfer!.files[0]);
    };
    panel.addEventListener('dragover', over);
    panel.addEventListener('drop', drop);
    return () => {
      panel.removeEventListener('dragover', over);
      panel.removeEventListener('drop', drop);
    };
  }, []);
}

/** The middle square of a picture, scaled to 512×512, and a note that says so. */
async function squareOf(load: () => Promise<ImageBitmap>) {
  const bitmap = await load();
  const { width, height } = bitmap;
  const side = Math.min(width, height);
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  // What is transparent shows the paper.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, SIDE, SIDE);
  context.drawImage(bitmap, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  bitmap.close();
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  const shown: Picture = { width: SIDE, height: SIDE, data };
  const cut = width === height ? '' : ` The page uses its middle square of ${side}×${side},`;
  const note =
    side === SIDE && !cut
      ? 'Your picture stays in your browser.'
      : `Your picture has ${width}×${height} pixels.` +
        `${cut || ' The page uses it'} scaled to ${SIDE}×${SIDE}. It stays in your browser.`;
  return { canvas, shown, note };
}
