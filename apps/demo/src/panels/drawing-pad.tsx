import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { decodedPicture } from '../ui/decoded-picture.js';
import { PictureFile } from '../ui/picture-choice.js';
import { useStrokes } from '../ui/use-strokes.js';
import { messageOf } from '../ui/worker-link.js';

/** Side of the canvas, and side of the resulting digit. */
const PAD = 192;
const SIDE = 32;

interface DrawingPadProps {
  /** 32×32 bytes, white on black. */
  digit: Signal<Uint8Array | null>;
  label: string;
  onError?: (message: string) => void;
}

/** A canvas for drawing a digit with finger, pen or mouse. It also accepts a picture file. */
export function DrawingPad({ digit, label, onError }: DrawingPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isOwn = useRef(false);

  // Shows a digit that another component sets.
  useEffect(() => {
    if (isOwn.current || !digit.value || !canvas.current) return;
    const small = new OffscreenCanvas(SIDE, SIDE);
    const image = new ImageData(SIDE, SIDE);
    digit.value.forEach((value, i) => {
      image.data.set([value, value, value, 255], 4 * i);
    });
    small.getContext('2d')!.putImageData(image, 0, 0);
    canvas.current.getContext('2d')!.drawImage(small, 0, 0, PAD, PAD);
  }, [digit.value]);

  const read = () => {
    const small = new OffscreenCanvas(SIDE, SIDE);
    const context = small.getContext('2d')!;
    context.imageSmoothingQuality = 'high';
    context.drawImage(canvas.current!, 0, 0, SIDE, SIDE);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    isOwn.current = true;
    digit.value = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i]!);
  };
  const darken = () => {
    const context = canvas.current!.getContext('2d')!;
    context.fillStyle = '#000';
    context.fillRect(0, 0, PAD, PAD);
  };
  const clear = () => {
    darken();
    read();
  };
  const strokes = useStrokes(canvas, PAD, { color: '#fff', width: 15 }, { onMove: read });
  const open = async (file: File | undefined) => {
    if (!file) return;
    try {
      const bitmap = await decodedPicture(file);
      darken();
      canvas.current!.getContext('2d')!.drawImage(bitmap, 0, 0, PAD, PAD);
      read();
    } catch (reason) {
      onError?.(messageOf(reason));
    }
  };

  return (
    <div class="pad">
      <canvas ref={canvas} width={PAD} height={PAD} role="img" aria-label={label} {...strokes} />
      <div class="row">
        <button type="button" class="plain" onClick={clear}>
          Clear
        </button>
        <PictureFile caption="Picture of one …" label="Picture of one, from a file" onFile={open} />
      </div>
    </div>
  );
}
