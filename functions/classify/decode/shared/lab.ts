/**
 * CIE L*a*b* to sRGB, as Pillow converts it with Little CMS 2: a cube of colours at 33 positions along each axis, in 16 bits,
 * interpolated in tetrahedra.
 */

/** Returns a function that paints the samples at `s`, of 8 bits, to `rgba[o]`: L* from 0 to 100, and a* and b* from -128 to 127 as two's complements. */
export function labPainter(): (samples: ArrayLike<number>, s: number, rgba: Uint8Array, o: number) => void {
  cube ??= colourCube();
  const colours = cube;
  return (samples, s, rgba, o) => {
    const x = positions[samples[s]];
    const y = positions[samples[s + 1] ^ 128];
    const z = positions[samples[s + 2] ^ 128];
    const near = (x >> 16) * xStep + (y >> 16) * yStep + (z >> 16) * zStep;
    // The path to the far corner of the cell goes along the axis with the largest fraction first.
    const fx = x & 0xffff;
    const fy = y & 0xffff;
    const fz = z & 0xffff;
    const dx = fx > 0 ? xStep : 0;
    const dy = fy > 0 ? yStep : 0;
    const dz = fz > 0 ? zStep : 0;
    const large = Math.max(fx, fy, fz);
    const small = Math.min(fx, fy, fz);
    const middle = fx + fy + fz - large - small;
    const one = near + (fx === large ? dx : fy === large ? dy : dz);
    const far = near + dx + dy + dz;
    const two = far - (fz === small ? dz : fy === small ? dy : dx);
    for (let channel = 0; channel < 3; channel++) {
      const c0 = colours[near + channel];
      const c1 = colours[one + channel];
      const c2 = colours[two + channel];
      const sum = (c1 - c0) * large + (c2 - c1) * middle + (colours[far + channel] - c2) * small + 0x8001;
      // Beyond 32 bits in some cells, which rules out shifts.
      const value = c0 + Math.floor((sum + Math.floor(sum / 65_536)) / 65_536);
      rgba[o + channel] = (Math.imul(value, 65_281) + 8_388_608) >>> 24;
    }
    rgba[o + 3] = 255;
  };
}

let cube: Uint16Array | undefined;

const nodes = 33;
const zStep = 3;
const yStep = nodes * zStep;
const xStep = nodes * yStep;

/** The position in the cube of each value of a sample, with 16 fractional bits. */
const positions = Int32Array.from({ length: 256 }, (_, value) => {
  const scaled = value * 257 * (nodes - 1);
  return scaled + Math.floor((scaled + 0x7fff) / 0xffff);
});

/** RGB in 16 bits, computed in float32 between the steps, like Little CMS. */
function colourCube(): Uint16Array {
  const { fround } = Math;
  const colours = new Uint16Array(nodes ** 3 * 3);
  const levels = Array.from({ length: nodes }, (_, i) =>
    fround(Math.floor((i * 65_535) / (nodes - 1) + 0.5) / 65_535),
  );
  let to = 0;
  for (const l of levels) {
    const fy = (l * 100 + 16) / 116;
    for (const a of levels) {
      for (const b of levels) {
        const x = fround((linear(fy + 0.002 * (a * 255 - 128)) * d50[0]) / maxXyz);
        const y = fround((linear(fy) * d50[1]) / maxXyz);
        const z = fround((linear(fy - 0.005 * (b * 255 - 128)) * d50[2]) / maxXyz);
        for (const [ofX, ofY, ofZ] of xyzToRgb) {
          const light = fround(ofX * maxXyz * x + ofY * maxXyz * y + ofZ * maxXyz * z);
          const level = Math.floor(fround(companded(light)) * 65_535 + 0.5);
          colours[to++] = Math.min(Math.max(level, 0), 65_535);
        }
      }
    }
  }
  return colours;
}

/** CIE 15, the inverse of the cube root with its linear part. */
function linear(t: number): number {
  return t <= 24 / 116 ? (108 / 841) * (t - 16 / 116) : t * t * t;
}

/** The inverse of sRGB's curve. */
function companded(light: number): number {
  const threshold = ((0.04045 + 0.055) / 1.055) ** 2.4;
  return light >= threshold ? (light ** (1 / 2.4) - 0.055 / 1.055) * 1.055 : light * 12.92;
}

const d50 = [0.9642, 1, 0.8249];
/** The largest XYZ value that ICC profiles can state, to which Little CMS scales. */
const maxXyz = 1 + 32_767 / 32_768;

/** From XYZ under D50 to sRGB's primaries, adapted from D65 by Bradford's method. */
const xyzToRgb = [
  [3.134186364236821, -1.617208958998276, -0.4906940640063843],
  [-0.9787485041906948, 1.9161300967735877, 0.03343339915999568],
  [0.07196392780224684, -0.22899387345320354, 1.4057537328964447],
];
