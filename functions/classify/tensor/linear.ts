/**
 * `tf.image.resize(…, 'bilinear', antialias=False)` with half-pixel centres, bit for bit: every step is rounded to float32 and
 * the result stays float32. Each scaled pixel is mixed from four source pixels, however much the image shrinks.
 *
 *     top = a[y0][x0] + (a[y0][x1] - a[y0][x0]) * fx;  bottom likewise at y1;  top + (bottom - top) * fy
 */
import { type AxisPlan, appendTo, type Outputs, type Resampler, type Span } from './axis.ts';
import { packedView } from './pixel-view.ts';

/** Mixes pixels `low` and `high`, counted within `read`, as `low + (high - low) * fraction`. */
interface Mix {
  readonly low: number;
  readonly high: number;
  readonly fraction: number;
}

interface LinearPlan extends AxisPlan {
  readonly mixes: readonly Mix[];
}

type Row = Uint8Array | Float32Array;
type TakeValues = (row: Row) => void;

const { fround } = Math;

/** Reads nothing beyond the span: TensorFlow cuts a box out before it scales. */
export const linearResampler: Resampler<LinearPlan> = {
  planAxis: ({ from, size }: Span, { count, first, kept }: Outputs) => {
    const scale = fround(size / count);
    const sources = Array.from({ length: kept }, (_, i) => {
      const position = fround(fround(fround(first + i + 0.5) * scale) - 0.5);
      const floor = Math.floor(position);
      return {
        low: from + Math.max(floor, 0),
        high: from + Math.min(Math.ceil(position), size - 1),
        fraction: fround(position - floor),
      };
    });
    const read = [...new Set(sources.flatMap(({ low, high }) => [low, high]))].sort((a, b) => a - b);
    const placeOf = new Map(read.map((index, place) => [index, place] as const));
    return {
      read: Int32Array.from(read),
      mixes: sources.map(({ low, high, fraction }) => ({
        low: placeOf.get(low)!,
        high: placeOf.get(high)!,
        fraction,
      })),
    };
  },
  mirrored: ({ read, mixes }, length) => ({
    read: read.map((index) => length - 1 - index).reverse(),
    mixes: mixes
      .map((mix) => ({ ...mix, low: read.length - 1 - mix.low, high: read.length - 1 - mix.high }))
      .reverse(),
  }),
  emptyView: (width, height) => packedView(new Float32Array(3 * width * height), width, height),
  open: (columns, rows, startsDown, target) => {
    const append = appendTo(target);
    const takeRow = startsDown
      ? mixDown(rows.mixes, columns.read.length, mixAcross(columns.mixes, append))
      : mixAcross(columns.mixes, mixDown(rows.mixes, target.width, append));
    return { takeRow };
  },
};

function mixAcross(mixes: readonly Mix[], next: TakeValues): TakeValues {
  const mixed = new Float32Array(3 * mixes.length);
  return (row) => {
    let to = 0;
    for (const { low, high, fraction } of mixes) {
      for (let c = 0; c < 3; c++) mixed[to++] = mix(row[3 * low + c], row[3 * high + c], fraction);
    }
    next(mixed);
  };
}

/** Holds the last two rows: an output's two rows are always neighbours among those that are read. */
function mixDown(mixes: readonly Mix[], pixels: number, next: TakeValues): TakeValues {
  const held = [new Float32Array(3 * pixels), new Float32Array(3 * pixels)];
  const mixed = new Float32Array(3 * pixels);
  let taken = 0;
  let done = 0;
  return (row) => {
    held[taken % 2].set(row);
    taken++;
    for (; done < mixes.length && Math.max(mixes[done].low, mixes[done].high) < taken; done++) {
      const { low, high, fraction } = mixes[done];
      for (let i = 0; i < mixed.length; i++) mixed[i] = mix(held[low % 2][i], held[high % 2][i], fraction);
      next(mixed);
    }
  };
}

function mix(low: number, high: number, fraction: number): number {
  return fround(low + fround(fround(high - low) * fraction));
}
