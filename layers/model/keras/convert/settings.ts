/** A layer's settings. A setting that no converter has read is not ignored: the layer is refused. */

export interface Settings {
  /** @throws UnusableModel if it is not a finite number; so for the others. */
  readonly number: (name: string, fallback?: number) => number;
  /** A whole number of at least `min`. */
  readonly integer: (name: string, min: number, fallback?: number) => number;
  readonly flag: (name: string, fallback: boolean) => boolean;
  readonly text: (name: string, fallback?: string) => string;
  /** [height, width]; a single number stands for both. */
  readonly pair: (name: string, fallback?: number) => readonly [number, number];
  /** Unchecked; marks the setting as read. */
  readonly raw: (name: string, fallback?: unknown) => unknown;
  /** Names of the settings that have a value and were not read. */
  readonly unread: () => string[];
}

// They have no effect once the model is trained, or only describe the layer; LoRA is merged into the kernel that Keras saves.
const withoutEffect =
  /^(name|trainable|dtype|batch_shape|batch_input_shape|batch_size|build_input_shape|input_dtype|momentum|renorm_momentum|renorm_clipping|seed|rng_type|.*_initializer|.*_regularizer|.*_constraint|synchronized|virtual_batch_size|autocast|generator|shared_object_id|function|lora_rank|lora_alpha)$/;

/** @param refuse As of the layer's call. */
export function readSettings(
  config: Readonly<Record<string, unknown>>,
  refuse: (reason: string) => never,
): Settings {
  const read = new Set<string>();

  function raw(name: string, fallback?: unknown): unknown {
    read.add(name);
    return config[name] ?? fallback;
  }
  function wrong(name: string, expected: string): never {
    const found = JSON.stringify(config[name])?.slice(0, 60) ?? 'nothing';
    return refuse(`has ${name} ${found}; expected ${expected}`);
  }
  function number(name: string, fallback?: number): number {
    const value = raw(name, fallback);
    return typeof value === 'number' && Number.isFinite(value) ? value : wrong(name, 'a number');
  }
  function integer(name: string, min: number, fallback?: number): number {
    const value = raw(name, fallback);
    return isWhole(value, min) ? value : wrong(name, `a whole number of at least ${min}`);
  }

  return {
    raw,
    number,
    integer,
    flag: (name, fallback) => {
      const value = raw(name, fallback);
      return typeof value === 'boolean' ? value : wrong(name, 'true or false');
    },
    text: (name, fallback) => {
      const value = raw(name, fallback);
      return typeof value === 'string' ? value : wrong(name, 'a name');
    },
    pair: (name, fallback) => {
      const value = raw(name, fallback);
      if (isWhole(value, 1)) return [value, value];
      const [height, width, ...rest] = Array.isArray(value) ? (value as unknown[]) : [];
      if (rest.length === 0 && isWhole(height, 1) && isWhole(width, 1)) return [height, width];
      return wrong(name, 'one or two whole numbers of at least 1');
    },
    unread: () =>
      Object.keys(config).filter((name) => {
        const value = config[name];
        const isOff = value === null || value === false || value === undefined;
        return !isOff && !read.has(name) && !withoutEffect.test(name);
      }),
  };
}

// Far beyond any image or layer, and small enough that products of three stay exact.
const maxWhole = 100_000;

function isWhole(value: unknown, min: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= maxWhole;
}
