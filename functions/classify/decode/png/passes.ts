/** An interlaced PNG is seven pictures, each with more of the pixels than those before (PNG specification, 8.2); others are one. */

/** The pixels from column `x` and row `y` on, `dx` and `dy` apart. */
export interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly columns: number;
  readonly rows: number;
}

/** The passes that have pixels, in the order in which they are stored. */
export function passesOf(width: number, height: number, isInterlaced: boolean): Pass[] {
  return (isInterlaced ? adam7 : wholeImage)
    .map(([x, y, dx, dy]) => ({
      ...{ x, y, dx, dy },
      columns: Math.ceil((width - x) / dx),
      rows: Math.ceil((height - y) / dy),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

type Steps = readonly [x: number, y: number, dx: number, dy: number];

const wholeImage: readonly Steps[] = [[0, 0, 1, 1]];
const adam7: readonly Steps[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];
