// Draws the pictures of public/pictures: scenes with detail at every scale, so that aliasing is
// visible. The script computes all of it, so the pictures belong to the project. A pixel is the
// mean of 4×4 rays.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const SIZE = 512;
const RAYS = 4;
const target = fileURLToPath(new URL('../public/pictures/', import.meta.url));

const mix = (a, b, t) => a.map((value, i) => value + (b[i] - value) * t);
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const sub = (a, b) => a.map((value, i) => value - b[i]);
const along = (origin, direction, t) => origin.map((value, i) => value + t * direction[i]);
const unit = (v) => v.map((value) => value / Math.hypot(...v));

/** A tiled floor to the horizon with two patterned spheres, under an evening sky. */
function floor(u, v) {
  const eye = [0, 1.15, -3.2];
  const ray = unit([(u - 0.5) * 1.45, 0.52 - v * 1.45, 1.25]);
  return trace(eye, ray, 0);
}

const SUN = unit([-0.55, 0.62, -0.45]);
const SPHERES = [
  { center: [-0.75, 0.72, 0.55], radius: 0.72, paint: stripes },
  { center: [0.85, 0.5, -0.25], radius: 0.5, paint: dots },
];

function trace(origin, ray, depth) {
  let nearest = Number.POSITIVE_INFINITY;
  let hit = null;
  for (const sphere of SPHERES) {
    const away = sub(origin, sphere.center);
    const b = dot(away, ray);
    const under = b * b - dot(away, away) + sphere.radius ** 2;
    if (under < 0) continue;
    const t = -b - Math.sqrt(under);
    if (t > 1e-4 && t < nearest) {
      nearest = t;
      hit = sphere;
    }
  }
  const toFloor = -origin[1] / ray[1];
  if (toFloor > 1e-4 && toFloor < nearest) {
    const place = along(origin, ray, toFloor);
    const isDark = (Math.floor(place[0] * 2) + Math.floor(place[2] * 2)) % 2 === 0;
    const tile = isDark ? [0.13, 0.17, 0.22] : [0.93, 0.89, 0.8];
    const light = isShaded(place) ? 0.38 : 1;
    const far = Math.min(1, toFloor / 26);
    const lit = tile.map((value) => value * light);
    const shine = depth < 1 ? trace(place, [ray[0], -ray[1], ray[2]], depth + 1) : sky(ray);
    return mix(mix(lit, shine, 0.1), sky([ray[0], 0.02, ray[2]]), far * far);
  }
  if (!hit) return sky(ray);
  const place = along(origin, ray, nearest);
  const normal = unit(sub(place, hit.center));
  const light = 0.25 + 0.75 * Math.max(0, dot(normal, SUN)) * (isShaded(place) ? 0.3 : 1);
  const color = hit.paint(normal).map((value) => value * light);
  if (depth >= 2) return color;
  const bounced = sub(
    ray,
    normal.map((value) => 2 * dot(ray, normal) * value),
  );
  return mix(color, trace(place, bounced, depth + 1), 0.12);
}

function isShaded(place) {
  return SPHERES.some(({ center, radius }) => {
    const away = sub(place, center);
    const b = dot(away, SUN);
    const under = b * b - dot(away, away) + radius * radius;
    return under > 0 && -b + Math.sqrt(under) > 1e-3 && -b - Math.sqrt(under) > 1e-3;
  });
}

function sky(ray) {
  const height = Math.max(0, ray[1]);
  const glow = Math.max(0, dot(unit(ray), SUN)) ** 6;
  const base = mix([0.96, 0.78, 0.6], [0.28, 0.47, 0.72], Math.min(1, height * 2.2) ** 0.7);
  return mix(base, [1, 0.95, 0.85], 0.5 * glow);
}

function stripes(normal) {
  const latitude = Math.asin(normal[1]);
  return Math.floor(latitude * 9) % 2 === 0 ? [0.82, 0.32, 0.22] : [0.97, 0.92, 0.84];
}

function dots(normal) {
  const longitude = Math.atan2(normal[2], normal[0]);
  const latitude = Math.asin(normal[1]);
  const [x, y] = [(longitude * 8) / Math.PI, (latitude * 8) / Math.PI];
  const inside = Math.hypot(x - Math.round(x), y - Math.round(y)) < 0.3;
  return inside ? [0.95, 0.85, 0.45] : [0.11, 0.5, 0.52];
}

/**
 * A zone plate: the frequency grows with the distance from the middle, up to the Nyquist frequency.
 */
function rings(u, v) {
  const [x, y] = [u - 0.5, v - 0.5];
  const value = 0.5 + 0.5 * Math.cos(Math.PI * SIZE * (x * x + y * y));
  return [value, value, value];
}

/** Woven cloth in two colours, with a coarse check over a fine thread. */
function cloth(u, v) {
  const bend = 0.012 * Math.sin(5 * v + 2) + 0.008 * Math.sin(9 * u);
  const [x, y] = [(u + bend) * SIZE, (v + 0.6 * bend) * SIZE];
  const over = (Math.floor(x / 4) + Math.floor(y / 4)) % 2 === 0;
  const thread = over ? Math.cos(((x % 4) / 4 - 0.5) * 2.4) : Math.cos(((y % 4) / 4 - 0.5) * 2.4);
  const check = (Math.floor(x / 64) + Math.floor(y / 96)) % 3;
  const colors = [
    [0.72, 0.2, 0.22],
    [0.93, 0.89, 0.78],
    [0.17, 0.29, 0.45],
  ];
  const color = colors[over ? check : (check + 1) % 3];
  const light = (0.45 + 0.55 * thread) * (1.05 - 0.45 * (u * 0.6 + v * 0.7));
  return color.map((value) => value * light);
}

for (const [name, scene] of Object.entries({ floor, rings, cloth })) {
  const data = Buffer.alloc(SIZE * SIZE * 3);
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      const sum = [0, 0, 0];
      for (let i = 0; i < RAYS * RAYS; i++) {
        const dx = ((i % RAYS) + 0.5) / RAYS;
        const dy = (Math.floor(i / RAYS) + 0.5) / RAYS;
        const color = scene((column + dx) / SIZE, (row + dy) / SIZE);
        for (let c = 0; c < 3; c++) sum[c] += color[c] / RAYS ** 2;
      }
      for (let c = 0; c < 3; c++) {
        data[(row * SIZE + column) * 3 + c] = Math.round(255 * Math.min(1, Math.max(0, sum[c])));
      }
    }
  }
  await sharp(data, { raw: { width: SIZE, height: SIZE, channels: 3 } })
    .webp({ quality: 92 })
    .toFile(path.join(target, `${name}.webp`));
}
