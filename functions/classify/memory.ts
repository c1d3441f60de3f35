/** The function's memory, in MB. Imports nothing, so that the construct, the playground and the benchmarks share it. */

/** Taken without an image: Node.js, ONNX Runtime and a model. Measured: 150 to 300. */
export const baseMegabytes = 300;

/**
 * The default memory size. Classifying is bound by the processor, which Lambda allots by memory: less memory takes longer
 * for the same money. A phone's photo of 50 MP fits with room to spare, in any format.
 */
export const defaultMegabytes = 2048;

/**
 * The memory size that comes with one whole processor.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
export const megabytesPerProcessor = 1769;
