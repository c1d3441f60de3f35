/** Files of PyTorch and TensorFlow that cannot be converted, and the lines that export their networks. */
import { shown, UnusableModel } from '../unusable-model.ts';

/** The lines of Python that write an ONNX file with a free batch. */
export const exportLines = `
    torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224), 'model.onnx', input_names=['images'],
                      output_names=['logits'], dynamic_axes={'images': {0: 'batch'}, 'logits': {0: 'batch'}}, dynamo=False)`;

/** The way on for weights of a network that is not converted here. */
export function ownCode(path: string): string {
  const isSafetensors = path.endsWith('.safetensors');
  const load = isSafetensors
    ? `safetensors.torch.load_file('${path}')`
    : `torch.load('${path}', map_location='cpu')`;
  return `In Python, with the network's own code, which makes 'model':${isSafetensors ? '\n    import safetensors.torch' : ''}
    model.load_state_dict(${load})${exportLines}
then --from model.onnx`;
}

/** @param global The class of the module. */
export function wholeModule(global: string, path: string): UnusableModel {
  return new UnusableModel(
    `${path} is a whole pickled module (${shown(global)}), which only its own Python code can read. In Python, with that code installed:
    model = torch.load('${path}', map_location='cpu', weights_only=False)${exportLines}
then --from model.onnx`,
  );
}

/** @param names The files of a zip archive. @throws UnusableModel if it is TorchScript or an exported program. */
export function assertStateDictArchive(names: readonly string[], path: string): void {
  if (names.some((name) => /(^|\/)code\//.test(name) || /(^|\/)constants\.pkl$/.test(name))) {
    throw new UnusableModel(
      `${path} is a TorchScript program. In Python:
    model = torch.jit.load('${path}', map_location='cpu')${exportLines}
then --from model.onnx`,
    );
  }
  if (
    names.some((name) =>
      /(^|\/)(archive_format|serialized_exported_program\.json|models\/model\.json)$/.test(name),
    )
  ) {
    throw new UnusableModel(
      `${path} is an exported program (.pt2). In Python (pip install onnxscript):
    program = torch.export.load('${path}')
    torch.onnx.export(program.module(), torch.zeros(1, 3, 224, 224), 'model.onnx', input_names=['images'], output_names=['logits'], dynamo=True)
then --from model.onnx`,
    );
  }
}

/** @param folder With a `saved_model.pb`. */
export function savedModel(folder: string): UnusableModel {
  return new UnusableModel(
    `${folder} is a TensorFlow SavedModel. Export it (pip install tf2onnx):
    python -m tf2onnx.convert --saved-model ${folder} --output model.onnx
then --from model.onnx`,
  );
}
