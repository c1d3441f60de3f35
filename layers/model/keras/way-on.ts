/** The way on after a refusal. */

/** ONNX Runtime runs any network that TensorFlow can export. */
export const exportToOnnx =
  "export it with model.export('x.onnx', format='onnx') in Keras 3, or python -m tf2onnx.convert --keras x.h5 --output x.onnx in Keras 2, and use --from x.onnx";

/** For files whose parts do not fit each other. */
export const saveAgain = "load the model in Keras and save it with model.save('x.keras')";
