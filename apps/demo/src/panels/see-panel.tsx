import { poolingColor } from '@ds/palette';
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { PICTURES } from '../state/pool-state.js';
import { CameraView } from '../ui/camera-view.js';
import { decodedPicture } from '../ui/decoded-picture.js';
import { percent } from '../ui/percent.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import { PictureFile, PictureThumbs, pagePicture } from '../ui/picture-choice.js';
import { poolingName } from '../ui/pooling-name.js';
import { Problem } from '../ui/problem.js';
import { ShiftedCell } from '../ui/shifted-cell.js';
import { inShownOrder } from '../ui/shown-networks.js';
import { useCamera } from '../ui/use-camera.js';
import { networksReady, weightsLink } from '../ui/weights-link.js';
import { messageOf } from '../ui/worker-link.js';
import type { Picture } from '../workers/image-bytes.js';
import type { Seen } from '../workers/see-api.js';
import { SEEN_SIDE as SIDE } from '../workers/seen-side.js';
import { SketchPad } from './sketch-pad.js';

const picture = signal<Picture | null>(null);
const chosen = signal<string>(PICTURES[0][0]);
const seen = signal<Seen[]>([]);
const error = signal<string | null>(null);
/** What was done to the reader's picture. */
const note = signal('');

/** Numbers the pictures, so that a slow answer does not replace a later one. */
let latest = 0;

async function see(name: string, get: () => Promise<Blob | ImageBitmap>): Promise<void> {
  latest += 1;
  const own = latest;
  try {
    const { small, cut } = await shrunk(await get());
    if (own !== latest) return;
    chosen.value = name;
    picture.value = small;
    note.value = cut;
    await networksReady((apis) => apis.see.load());
    const found = await weightsLink.call((apis) => apis.see.see(small));
    if (own !== latest) return;
    seen.value = found;
    error.value = null;
  } catch (reason) {
    if (own === latest) error.value = messageOf(reason);
  }
}

function seePagePicture(name: string): Promise<void> {
  return see(name, () => pagePicture(name));
}

function seeOwn(own: Blob | ImageBitmap | undefined): void {
  if (own) void see('own', async () => own);
}

/**
 * A picture, and what the CIFAR-10 networks of `@ds/weights` see in it, also shifted by a pixel.
 */
export function SeePanel() {
  useEffect(() => {
    if (latest === 0) void seePagePicture(chosen.value);
  }, []);
  const camera = useCamera((message) => {
    error.value = message;
  });
  const [isDrawing, setDrawing] = useState(false);
  return (
    <>
      <Problem text={error.value} />
      <div class="source">
        <fieldset>
          <legend class="visually-hidden">Picture to classify</legend>
          <PictureThumbs
            chosen={chosen.value}
            labelOf={(caption) => `Classify ${caption.toLowerCase()}`}
            onChoose={seePagePicture}
          />
          <PictureFile
            caption="A photo or drawing …"
            label="A photo or drawing to classify"
            onFile={seeOwn}
          />
          <button
            type="button"
            class="plain"
            aria-expanded={isDrawing}
            onClick={() => setDrawing(!isDrawing)}
          >
            Draw
          </button>
          <button
            type="button"
            class="plain"
            aria-label="Camera, to classify what it sees"
            disabled={camera.isBusy}
            onClick={camera.open}
          >
            Camera
          </button>
        </fieldset>
      </div>
      {camera.stream && (
        <CameraView
          stream={camera.stream}
          onShot={seeOwn}
          onError={(message) => {
            error.value = message;
          }}
          onClose={camera.close}
        />
      )}
      <div class="input">
        {isDrawing && <SketchPad onDrawn={seeOwn} />}
        <figure>
          <PictureCanvas
            picture={picture.value}
            label="The picture as the networks see it"
            shownWidth={170}
          />
          <figcaption>
            {note.value}Shrunk to 32×32 pixels, and one more on each side: all that the networks
            see.
          </figcaption>
        </figure>
      </div>
      <div class="seen">
        {inShownOrder(seen.value).map((one) => (
          <SeenBy key={one.name} seen={one} />
        ))}
      </div>
      <p class="hint">
        The small table has the class after a shift by one pixel in each direction, and in its
        middle the class at rest. The networks know ten classes and small photographs. They give
        every picture one of these.
      </p>
    </>
  );
}

function SeenBy({ seen: { name, pooling, testAccuracy, macs, top, shifted } }: { seen: Seen }) {
  const best = top[0]!.name;
  const moved = shifted.filter((_, i) => i !== 4);
  const changed = moved.filter((one) => one.name !== best).length;
  return (
    <div data-testid={name} class="by" style={{ borderColor: poolingColor(pooling) }}>
      <h3>{poolingName(pooling)}</h3>
      <ol class="top">
        {top.map((one) => (
          <li key={one.name}>
            {one.name} {percent(one.probability)}
          </li>
        ))}
      </ol>
      <table class="shifts">
        <caption class="visually-hidden">
          Class of {poolingName(pooling)} after shifts by one pixel
        </caption>
        <tbody>
          {[0, 1, 2].map((row) => (
            <tr key={row}>
              {shifted.slice(3 * row, 3 * row + 3).map((one, column) => (
                <ShiftedCell key={column} prediction={one} atRest={best} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">
        {changed} of 8 shifts change the class. {percent(testAccuracy)} of test pictures right, with{' '}
        {(macs / 1e6).toFixed(0)} million multiply-adds for a picture.
      </p>
    </div>
  );
}

/** The middle square of a picture, shrunk to the networks' size, and a sentence if it was cut. */
async function shrunk(given: Blob | ImageBitmap): Promise<{ small: Picture; cut: string }> {
  const whole = given instanceof ImageBitmap ? given : await decodedPicture(given);
  const side = Math.min(whole.width, whole.height);
  const left = Math.floor((whole.width - side) / 2);
  const top = Math.floor((whole.height - side) / 2);
  const small = await createImageBitmap(whole, left, top, side, side, {
    resizeWidth: SIDE,
    resizeHeight: SIDE,
    resizeQuality: 'high',
  });
  const { width, height } = whole;
  const cut = width === height ? '' : `The middle square of your picture of ${width}×${height}. `;
  whole.close();
  const context = new OffscreenCanvas(SIDE, SIDE).getContext('2d')!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, SIDE, SIDE);
  context.drawImage(small, 0, 0);
  small.close();
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return { small: { width: SIDE, height: SIDE, data }, cut };
}
