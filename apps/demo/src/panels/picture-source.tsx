import type { Signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { poolState } from '../state/pool-state.js';
import { PictureFile, PictureThumbs, pagePicture } from '../ui/picture-choice.js';
import { messageOf } from '../ui/worker-link.js';
import type { Picture } from '../workers/image-bytes.js';

/** Side of the scaled picture, and the largest file accepted. */
const SIDE = 512;
const LARGEST_FILE = 40_000_000;

interface PictureSourceProps {
  picture: Signal<Picture | null>;
  error: Signal<string | null>;
}

/** Chooses the picture: a built-in one, a file, a pasted or dropped picture, or the camera. */
export function PictureSource({ picture, error }: PictureSourceProps) {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const chosen = poolState.picture.value;

  const take = async (load: () => Promise<ImageBitmap>) => {
    try {
      picture.value = await squareOf(load);
      error.value = null;
    } catch (reason) {
      error.value = messageOf(reason);
    }
  };
  const takeFile = (blob: Blob | null | undefined) => {
    if (!blob) return;
    poolState.picture.value = 'own';
    take(() => decoded(blob));
  };

  useEffect(() => {
    if (chosen === 'own') return;
    take(async () => createImageBitmap(await pagePicture(chosen)));
  }, [chosen]);

  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const item = [...(event.clipboardData?.files ?? [])].find(({ type }) =>
        type.startsWith('image/'),
      );
      takeFile(item);
    };
    addEventListener('paste', paste);
    return () => removeEventListener('paste', paste);
  }, []);

  const openCamera = async () => {
    try {
      if (!navigator.mediaDevices)
        throw new Error('this browser does not allow a camera on this page');
      setStream(
        await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }),
      );
      error.value = null;
    } catch (reason) {
      error.value = `The camera could not be used: ${messageOf(reason)}. Choose a file instead.`;
    }
  };

  return (
    <div class="source">
      <fieldset>
        <legend class="visually-hidden">Picture</legend>
        <PictureThumbs
          chosen={chosen}
          onChoose={(name) => {
            poolState.picture.value = name;
          }}
        />
        <PictureFile caption="Your picture …" label="Your picture" onFile={takeFile} />
        <button type="button" class="plain" onClick={openCamera}>
          Camera
        </button>
      </fieldset>
      <p class="hint">You can also paste a picture. Pictures stay in your browser.</p>
      {stream && (
        <CameraView
          stream={stream}
          onShot={(bitmap) => {
            poolState.picture.value = 'own';
            take(async () => bitmap);
          }}
          onClose={() => {
            for (const track of stream.getTracks()) track.stop();
            setStream(null);
          }}
        />
      )}
    </div>
  );
}

interface CameraViewProps {
  stream: MediaStream;
  onShot: (bitmap: ImageBitmap) => void;
  onClose: () => void;
}

function CameraView({ stream, onShot, onClose }: CameraViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return (
    <div class="camera">
      <video ref={video} autoplay playsinline muted aria-label="Camera preview" />
      <button
        type="button"
        onClick={async () => {
          if (video.current) onShot(await createImageBitmap(video.current));
          onClose();
        }}
      >
        Take it
      </button>
      <button type="button" class="plain" onClick={onClose}>
        Close
      </button>
    </div>
  );
}

async function decoded(blob: Blob): Promise<ImageBitmap> {
  if (blob.size > LARGEST_FILE) {
    throw new Error(
      `The file has ${Math.round(blob.size / 1e6)} MB. ` +
        `It must have at most ${LARGEST_FILE / 1e6} MB.`,
    );
  }
  try {
    return await createImageBitmap(blob);
  } catch {
    throw new Error('The file could not be read as a picture. Use JPEG, PNG, WebP, AVIF or GIF.');
  }
}

/** The middle square of a picture, scaled to 512×512. */
async function squareOf(load: () => Promise<ImageBitmap>): Promise<Picture> {
  const bitmap = await load();
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  context.drawImage(bitmap, left, top, side, side, 0, 0, SIDE, SIDE);
  bitmap.close();
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return { width: SIDE, height: SIDE, data };
}
