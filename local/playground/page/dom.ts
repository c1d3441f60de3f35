/** Finds elements of the page and checks their type. */

/**
 * Finds the first element that matches a selector.
 *
 * @throws TypeError if there is none or it has another type.
 */
export function find<Kind extends Element>(
  selector: string,
  kind: abstract new () => Kind,
  root: ParentNode = document,
): Kind {
  const element = root.querySelector(selector);
  if (element instanceof kind) return element;
  throw new TypeError(`${selector} is not a ${kind.name}`);
}

/** Creates an element from the page's template NAME. */
export function fromTemplate(name: string): HTMLElement {
  const { content } = find(`#${name}-template`, HTMLTemplateElement);
  const element = document.importNode(content, true).firstElementChild;
  if (element instanceof HTMLElement) return element;
  throw new TypeError(`the template ${name} is empty`);
}
