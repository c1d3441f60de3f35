/**
 * Synthetic photographs, the same on every machine: overlapping discs whose sizes follow a power law ("dead leaves", Lee,
 * Mumford and Huang 2001), which gives edges and spectra like those of photos, overlaid with fractal noise and sensor noise.
 */

import { randomFrom } from '../test/support/random.ts';

/** RGB, row-major. */
export interface Photo {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export function paintPhoto(width: number, height: number): Photo {
  const random = randomFrom(7);
  const { discs, topmost } = scatterDiscs(width, height, random);
  const texture = Array.from({ length: octaves }, () =>
    Float32Array.from({ length: grid * grid }, () => random() - 0.5),
  );
  const data = new Uint8Array(3 * width * height);
  const levels = new Float32Array(width);
  for (let y = 0, pixel = 0; y < height; y++) {
    texturise(levels, texture, y / height, height / width);
    for (let x = 0; x < width; x++, pixel++) {
      const colour = discs[topmost[pixel]];
      const light = levels[x] + (random() + random() - 1) * noiseLevels;
      for (let c = 0; c < 3; c++) data[3 * pixel + c] = Math.max(0, Math.min(255, colour[c] + light));
    }
  }
  return { width, height, data };
}

const discCount = 4000;
/** As a fraction of the picture's width. */
const [smallest, largest] = [0.004, 0.25];
const octaves = 7;
const grid = 512;
const textureLevels = 40;
const noiseLevels = 8;

type Colour = readonly [number, number, number];

/** @returns The discs' colours, and for each pixel the index of the visible disc. */
function scatterDiscs(width: number, height: number, random: () => number) {
  const topmost = new Uint16Array(width * height);
  const discs: Colour[] = [];
  for (let n = 0; n < discCount; n++) {
    const level = 20 + 200 * random();
    discs.push([level + 60 * (random() - 0.5), level + 30 * (random() - 0.5), level + 60 * (random() - 0.5)]);
    // Density falls with the third power of the radius. The first disc is the background.
    const share = smallest / Math.sqrt(1 - random() * (1 - (smallest / largest) ** 2));
    const radius = n === 0 ? 2 * width : share * width;
    const [centreX, centreY] = [random() * width, random() * height];
    const bottom = Math.min(height, Math.ceil(centreY + radius));
    for (let y = Math.max(0, Math.ceil(centreY - radius)); y < bottom; y++) {
      const half = Math.sqrt(radius ** 2 - (y - centreY) ** 2);
      const from = Math.max(0, Math.ceil(centreX - half));
      const to = Math.min(width, Math.ceil(centreX + half));
      if (from < to) topmost.fill(n, y * width + from, y * width + to);
    }
  }
  return { discs, topmost };
}

/** A row of fractal noise: each octave twice as fine as the one before and half as strong. */
function texturise(levels: Float32Array, texture: readonly Float32Array[], y: number, aspect: number): void {
  levels.fill(0);
  texture.forEach((values, octave) => {
    const cells = 4 * 2 ** octave;
    const strength = textureLevels / 2 ** octave;
    const down = y * cells * aspect;
    const row = Math.floor(down);
    const [above, below] = [(row % grid) * grid, ((row + 1) % grid) * grid];
    const towardsBelow = down - row;
    const step = cells / levels.length;
    for (let x = 0, across = 0; x < levels.length; x++, across += step) {
      const column = Math.floor(across);
      const [left, right] = [column % grid, (column + 1) % grid];
      const towardsRight = across - column;
      const upper = values[above + left] * (1 - towardsRight) + values[above + right] * towardsRight;
      const lower = values[below + left] * (1 - towardsRight) + values[below + right] * towardsRight;
      levels[x] += strength * (upper * (1 - towardsBelow) + lower * towardsBelow);
    }
  });
}
