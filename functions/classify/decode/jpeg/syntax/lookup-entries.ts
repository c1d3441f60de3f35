/**
 * How the entries of the Huffman look-ups are laid out. In a file of its own, without imports, since the bundler then puts
 * the numbers in place of the names, and the innermost loops need not load them.
 */

/** Width of the windows of all look-ups but that for skipping. Wider ones are slower to make and gain nothing. */
export const lookupBits = 10;
export const skipBits = 12;

/** One skip entry may cover so much that another window still fits in the 32 bits. */
export const maxSkipLength = 32 - skipBits;

/** In entries: their lowest bits say how many bits of the stream they cover. 0 = too long for the window. */
export const lengthBits = 5;
export const lengthMask = (1 << lengthBits) - 1;

/** In coefficient entries: the advance stands above the length, the value above both. */
export const advanceBits = 7;
export const advanceMask = (1 << advanceBits) - 1;
/** An advance that ends the block (EOB) whatever its place. */
export const endOfBlock = 64;

/** In skip entries: added to the advance where the symbols end with EOB, and where not even one symbol fits. */
export const skipToEnd = 256;
export const skipNothing = 512;
