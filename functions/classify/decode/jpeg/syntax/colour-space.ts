/** The colour space of a frame. The standard does not define it; these are libjpeg-turbo's rules. */

export type ColourSpace = 'grey' | 'YCbCr' | 'RGB' | 'CMYK' | 'YCCK';

/**
 * Derived from the markers or, without them, from the component ids. For three components JFIF takes precedence over Adobe's
 * marker; for four it is ignored.
 *
 * @param adobeTransform the last byte of Adobe's APP14 segment, if there is one: 0 = none, 1 = YCbCr, 2 = YCCK
 */
export function colourSpaceOf(
  componentIds: readonly number[],
  hasJfif: boolean,
  adobeTransform: number | undefined,
  isLossless: boolean,
): ColourSpace {
  if (componentIds.length === 1) return 'grey';
  if (componentIds.length === 4) {
    return adobeTransform === undefined || adobeTransform === 0 ? 'CMYK' : 'YCCK';
  }
  if (hasJfif) return 'YCbCr';
  if (adobeTransform !== undefined) return adobeTransform === 0 ? 'RGB' : 'YCbCr';
  return isLossless || String.fromCharCode(...componentIds) === 'RGB' ? 'RGB' : 'YCbCr';
}
