import { useMemo } from 'preact/hooks';
import { PictureCanvas } from '../ui/picture-canvas.js';
import type { Picture } from '../workers/image-bytes.js';
import type { FeatureMaps as Maps } from '../workers/learn-api.js';

/** What the layers of the networks are called on the page. */
const NAMES: Record<string, string> = {
  conv1: 'After the first strided convolution',
  conv2: 'After the second strided convolution',
  pool1: 'After the first pooling',
  pool2: 'After the second pooling',
};

/** The maps of a layer. All are shown at one size, so a smaller map has larger pixels. */
export function FeatureMaps({ maps }: { maps: Maps }) {
  const pictures = useMemo(
    () =>
      maps.channels.map((channel): Picture => {
        const data = new Uint8ClampedArray(4 * channel.length);
        channel.forEach((value, i) => {
          data.set([value, value, value, 255], 4 * i);
        });
        return { width: maps.width, height: maps.height, data };
      }),
    [maps],
  );
  return (
    <figure class="maps">
      <div>
        {pictures.map((map, i) => (
          <PictureCanvas key={i} picture={map} label={`Channel ${i + 1}`} shownAspect={1} />
        ))}
      </div>
      <figcaption>
        {NAMES[maps.layer]}: {maps.height}×{maps.width} values in each map
      </figcaption>
    </figure>
  );
}
