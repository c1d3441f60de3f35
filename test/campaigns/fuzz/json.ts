/** Inputs that are JSON. */

export function jsonInput(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** Returns undefined if the input is not JSON: no promise concerns it. */
export function parseInput(input: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(input).toString());
  } catch {
    return undefined;
  }
}

/** The string fields of an object. */
export function textsIn(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Object(value)).filter((field): field is [string, string] => typeof field[1] === 'string'),
  );
}
