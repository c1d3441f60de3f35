/** Tells custom classes from those of Keras, whose names they may have. */

interface SerializedClass {
  readonly module?: string | null | undefined;
  readonly class_name: string;
}

/** Keras 3 names the module of its own classes and writes null for all others. Older files and `.h5` name none. */
export function isOwnClass(
  { module, class_name: className }: SerializedClass,
  config: Readonly<Record<string, unknown>>,
): boolean {
  if (module) return !/^(tf_)?keras\b/.test(module);
  if (module === null || className.includes('>')) return className !== 'Custom>CustomScaleLayer';
  return isBare(config) && !bareClasses.has(className);
}

/** A custom layer without a `get_config` has the settings of every layer and no others. */
function isBare(config: Readonly<Record<string, unknown>>): boolean {
  return 'trainable' in config && Object.keys(config).every((name) => common.has(name));
}

const common = new Set([
  ...['name', 'trainable', 'dtype', 'activity_regularizer', 'autocast', 'dynamic'],
  ...['batch_input_shape', 'input_dtype', 'input_shape'],
]);

// Classes of Keras without settings in one of its versions.
const bareClasses = new Set([
  ...['Identity', 'Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum'],
  ...['Flatten', 'GlobalAveragePooling1D', 'GlobalMaxPooling1D', 'InputLayer'],
]);
