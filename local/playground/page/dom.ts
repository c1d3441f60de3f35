/** Elements of the page, found by their selector and checked for being what they are taken for. */

/**
 * The element that a selector finds.
 *
 * @throws TypeError if there is none, or it is of another kind.
 */
export function find<Kind extends Element>(
  selector: string,
  kind: abstract new () => Kind,
  root: ParentNode = document,
): Kind {
  const element = root.querySelector(selector);
  if (element instanceof kind) return element;
  throw new TypeError(`${selector} is no ${kind.name}`);
}

/** A new element, as the page's template of that name has it. */
export function fromTemplate(name: string): HTMLElement {
  const { content } = find(`#${name}-template`, HTMLTemplateElement);
  const element = document.importNode(content, true).firstElementChild;
  if (element instanceof HTMLElement) return element;
  throw new TypeError(`the template ${name} is empty`);
}
