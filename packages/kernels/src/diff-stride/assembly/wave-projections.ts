// Projections of a folded image on the waves of one axis, cos φ and sin φ.

import { take } from './arena';
import { FoldedImage, foldedImage } from './folded-image';
import { alongHeight, alongWidth, EVEN, ODD, Part, partOf, WHOLE } from './symmetric-matrix';

/** The waves of an axis. Cosines see only its even part, sines only its odd part. */
@unmanaged
export class Waves {
  cos: Part;
  sin: Part;
}

/** The waves of a table [2 · bins, pixels], cosines first. */
export function wavesOf(table: usize, bins: i32, pixels: i32): Waves {
  const waves = changetype<Waves>(take(offsetof<Waves>()));
  waves.cos = partOf(table, bins, pixels, WHOLE, EVEN);
  waves.sin = partOf(table + ((<usize>(bins * pixels)) << 2), bins, pixels, WHOLE, ODD);
  return waves;
}

/** The projections of an image on the waves of one of its axes. */
@unmanaged
export class Projections {
  cos: FoldedImage;
  sin: FoldedImage;
}

/** Takes scratch space for projections of one block of channels, as `foldedImage` does. */
export function projections(height: i32, width: i32, block: i32, isColumnMajor: bool): Projections {
  return projectionsOf(
    foldedImage(height, width, block, block, isColumnMajor),
    foldedImage(height, width, block, block, isColumnMajor),
  );
}

/** Projections from two images. */
export function projectionsOf(cos: FoldedImage, sin: FoldedImage): Projections {
  const both = changetype<Projections>(take(offsetof<Projections>()));
  both.cos = cos;
  both.sin = sin;
  return both;
}

/** Projects the rows of an image on waves along its height. */
export function projectRows(waves: Waves, image: FoldedImage, to: Projections): void {
  alongHeight(waves.cos, image, to.cos);
  alongHeight(waves.sin, image, to.sin);
}

/** Projects the columns of an image on waves along its width. */
export function projectColumns(waves: Waves, image: FoldedImage, to: Projections): void {
  alongWidth(waves.cos, image, to.cos);
  alongWidth(waves.sin, image, to.sin);
}
