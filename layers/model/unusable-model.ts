/** The one error for a model that cannot be built: its message is for the user, who sees no stack. */
import { printable } from '../../functions/classify/image/printable.ts';

/** The source cannot become a model: the message names the file or layer, what was found, what was expected and what to do. */
export class UnusableModel extends Error {
  override readonly name = 'UnusableModel';
}

/** A name from a file, fit for a message: of limited length, and unable to steer a terminal. */
export function shown(name: string): string {
  return printable(name.length > maxShown ? `${name.slice(0, maxShown)}…` : name);
}

const maxShown = 100;
