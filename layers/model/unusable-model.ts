/** The one error for a model that cannot be built: its message is for the user, who sees no stack. */
/** The source cannot become a model: the message names the file or layer, what was found, what was expected and what to do. */
export class UnusableModel extends Error {
  override readonly name = 'UnusableModel';
}
