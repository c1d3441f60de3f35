/** Settings and classes as Keras 1 called them -> as Keras 2 and 3 call them. */

type Config = Readonly<Record<string, unknown>>;

const settingNames: Readonly<Record<string, string>> = {
  nb_filter: 'filters',
  output_dim: 'units',
  border_mode: 'padding',
  subsample: 'strides',
  bias: 'use_bias',
  dim_ordering: 'data_format',
  p: 'rate',
};

const dropped = new Set([
  'nb_row',
  'nb_col',
  'init',
  'input_dim',
  'input_dtype',
  'weights',
  'W_regularizer',
  'b_regularizer',
  'W_constraint',
  'b_constraint',
  'beta_init',
  'gamma_init',
  'beta_regularizer',
  'gamma_regularizer',
]);

const mergeClasses: Readonly<Record<string, string>> = {
  sum: 'Add',
  mul: 'Multiply',
  ave: 'Average',
  max: 'Maximum',
  concat: 'Concatenate',
};

const keras1Settings = ['nb_filter', 'output_dim', 'dim_ordering', 'gamma_init', 'p', 'concat_axis'];

/** @returns The class and settings of today; a layer of Keras 2 or 3 as it is. */
export function modernLayer(className: string, config: Config): { className: string; config: Config } {
  if (!keras1Settings.some((name) => name in config)) return { className, config };
  const kernel = 'nb_row' in config ? { kernel_size: [config.nb_row, config.nb_col] } : {};
  const renamed = Object.entries(config)
    .filter(([name, value]) => !dropped.has(name) && !(name === 'mode' && value === 0))
    .map(([name, value]) => [settingNames[name] ?? name, modernValue(name, value)] as const);
  const modern = { ...Object.fromEntries(renamed), ...kernel };
  if (className !== 'Merge') return { className, config: modern };
  const { name, concat_axis: axis } = config;
  const merge = mergeClasses[String(config.mode)];
  return merge
    ? { className: merge, config: { name, trainable: true, ...(merge === 'Concatenate' && { axis }) } }
    : { className, config: modern };
}

function modernValue(name: string, value: unknown): unknown {
  if (name !== 'dim_ordering') return value;
  return value === 'tf' ? 'channels_last' : 'channels_first';
}
