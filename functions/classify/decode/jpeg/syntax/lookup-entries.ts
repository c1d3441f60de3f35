/**
 * The bit layout of Huffman lookup entries. In a file of its own without imports, so that the bundler inlines the constants
 * into the innermost loops.
 */

/** Window widths of the lookups, and of the one for skipping. Wider ones take longer to build and gain nothing. */
export const lookupBits = 10;
export const skipBits = 12;

/** A skip entry covers at most this many bits, so that another window still fits in the 32 bits. */
export const maxSkipLength = 32 - skipBits;

/** The lowest bits of an entry are the number of stream bits it covers; 0 = longer than the window. */
export const lengthBits = 5;
export const lengthMask = (1 << lengthBits) - 1;

/** Coefficient entries have the advance above the length and the value above both. */
export const advanceBits = 7;
export const advanceMask = (1 << advanceBits) - 1;
/** An advance that ends the block (EOB) from any position. */
export const endOfBlock = 64;

/** Added to the advance of skip entries whose symbols end with EOB, and of those in which no symbol fits. */
export const skipToEnd = 256;
export const skipNothing = 512;
