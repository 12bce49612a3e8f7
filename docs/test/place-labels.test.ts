import { expect, it } from 'vitest';
import { placeLabels } from '../scripts/place-labels.mjs';

const label = { width: 60, height: 15, first: 0 };

it('keeps the wanted place where there is room', () => {
  const far = [
    { x: 0, y: 0 },
    { x: 300, y: 0 },
  ];
  const places = placeLabels(
    [
      { ...label, ...far[0]! },
      { ...label, ...far[1]!, first: 1 },
    ],
    far,
  );
  expect(places.map(({ dx, dy }) => [dx, Math.sign(dy)])).toEqual([
    [0, -1],
    [0, 1],
  ]);
});

it('puts no label on another, nor on a point', () => {
  // Two points above each other, whose labels would overlap between them, and a third next to them.
  const points = [
    { x: 100, y: 100 },
    { x: 90, y: 130 },
    { x: 130, y: 100 },
  ];
  const labelled = points.map((point, at) => ({ ...label, ...point, first: at === 0 ? 1 : 0 }));
  const boxes = placeLabels(labelled, points).map(({ textAnchor, dx, dy }, at) => {
    const shift = textAnchor === 'start' ? 0 : textAnchor === 'end' ? -60 : -30;
    const left = points[at]!.x + dx + shift;
    return {
      left,
      right: left + 60,
      top: points[at]!.y + dy - 7.5,
      bottom: points[at]!.y + dy + 7.5,
    };
  });
  for (const [at, a] of boxes.entries()) {
    for (const b of boxes.slice(at + 1)) {
      const meet = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      expect(meet).toBe(false);
    }
    for (const { x, y } of points) {
      expect(x > a.left && x < a.right && y > a.top && y < a.bottom).toBe(false);
    }
  }
});
