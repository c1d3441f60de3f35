/** Model configurations as Keras 3 and Keras 2 write them. */

type Reference = readonly [layer: string, call: number, output: number];

export function layer3(className: string, name: string, config: object, calls: readonly object[] = []) {
  return {
    module: 'keras.layers',
    class_name: className,
    config: { name, ...config },
    name,
    inbound_nodes: calls,
  };
}

export function call3(...args: readonly unknown[]) {
  return { args, kwargs: {} };
}

export function tensor3(layer: string, call = 0) {
  return { class_name: '__keras_tensor__', config: { keras_history: [layer, call, 0] } };
}

export function layer2(className: string, name: string, config: object, calls: readonly unknown[]) {
  return { class_name: className, config: { name, ...config }, name, inbound_nodes: calls };
}

export function functional(layers: readonly object[], input: string, output: Reference) {
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: { name: 'model', layers, input_layers: [[input, 0, 0]], output_layers: [output] },
  };
}

export function sequential(layers: readonly object[]) {
  return { module: 'keras', class_name: 'Sequential', config: { name: 'model', layers } };
}
