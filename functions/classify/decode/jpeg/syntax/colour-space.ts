/** What the components of a frame mean. The standard leaves it open; the rules are libjpeg-turbo's. */

export type ColourSpace = 'grey' | 'YCbCr' | 'RGB' | 'CMYK' | 'YCCK';

/**
 * Told by the markers, and failing these by the components' ids. For three components JFIF goes before Adobe's marker;
 * for four JFIF means nothing.
 *
 * @param adobeTransform the last byte of Adobe's APP14 segment, if there is one: 0 = as is, 1 = YCbCr, 2 = YCCK
 */
export function colourSpaceOf(
  componentIds: readonly number[],
  hasJfif: boolean,
  adobeTransform: number | undefined,
): ColourSpace {
  if (componentIds.length === 1) return 'grey';
  if (componentIds.length === 4) {
    return adobeTransform === undefined || adobeTransform === 0 ? 'CMYK' : 'YCCK';
  }
  if (hasJfif) return 'YCbCr';
  if (adobeTransform !== undefined) return adobeTransform === 0 ? 'RGB' : 'YCbCr';
  return String.fromCharCode(...componentIds) === 'RGB' ? 'RGB' : 'YCbCr';
}
