/**
 * The possible places of a label next to its point, in pixels: its anchor and the shift of its
 * baseline.
 */
const PLACES = [
  { textAnchor: 'middle', dx: 0, dy: -16 },
  { textAnchor: 'middle', dx: 0, dy: 16 },
  { textAnchor: 'start', dx: 11, dy: 0 },
  { textAnchor: 'end', dx: -11, dy: 0 },
  { textAnchor: 'start', dx: 3, dy: -16 },
  { textAnchor: 'end', dx: -3, dy: -16 },
  { textAnchor: 'start', dx: 3, dy: 16 },
  { textAnchor: 'end', dx: -3, dy: 16 },
];

/** Pixels around a point that no label covers. */
const POINT = 8;

/**
 * A place for the label of each point, on no other label and on no point where there is room: the
 * first free one of eight places around it, beginning with that of `first`. Points with the nearest
 * neighbours choose first.
 *
 * @param {{ x: number, y: number, width: number, height: number, first: number }[]} labelled Points
 *   with the size of their labels, in pixels.
 * @param {{ x: number, y: number }[]} points All points, in pixels.
 * @returns {{ textAnchor: string, dx: number, dy: number }[]} In the order of `labelled`.
 */
export function placeLabels(labelled, points) {
  const taken = points.map(({ x, y }) => boxAround(x, y, POINT, POINT));
  const room = ({ x, y }) =>
    Math.min(...points.map((one) => Math.hypot(one.x - x, one.y - y)).filter((far) => far > 0));
  const order = labelled.map((_, at) => at).sort((a, b) => room(labelled[a]) - room(labelled[b]));
  const places = [];
  for (const at of order) {
    const label = labelled[at];
    const candidates = [...PLACES.slice(label.first), ...PLACES.slice(0, label.first)];
    const free = candidates.find(
      (place) => !taken.some((box) => overlap(box, boxOf(label, place))),
    );
    places[at] = free ?? candidates[0];
    taken.push(boxOf(label, places[at]));
  }
  return places;
}

function boxOf({ x, y, width, height }, { textAnchor, dx, dy }) {
  const middle = { start: width / 2, middle: 0, end: -width / 2 }[textAnchor];
  return boxAround(x + dx + middle, y + dy, width / 2, height / 2);
}

function boxAround(x, y, halfWidth, halfHeight) {
  return { left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight };
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
