/** MB that the function takes without an image: Node.js, ONNX Runtime and a model. Measured: 150 to 300. */
export const baseMegabytes = 300;
