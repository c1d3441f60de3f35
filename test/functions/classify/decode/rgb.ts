/** The R, G and B bytes of a bitmap, as in Pillow's `convert('RGB')`. */
export function rgbOf({ data }: { readonly data: Uint8Array }): Uint8Array {
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    rgb[to++] = data[from]!;
    rgb[to++] = data[from + 1]!;
    rgb[to++] = data[from + 2]!;
  }
  return rgb;
}
