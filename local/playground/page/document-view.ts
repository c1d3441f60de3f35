/** Shows formatted JSON with a button that copies it. */
import { find, fromTemplate } from './dom.ts';

/** @param content A value or a promise of it. */
export function createDocument(title: string, content: unknown): HTMLElement {
  const view = fromTemplate('document');
  const text = find('pre', HTMLElement, view);
  const copy = find('.copy', HTMLButtonElement, view);
  find('h3', HTMLElement, view).textContent = title;
  copy.setAttribute('aria-label', `Copy: ${title}`);
  Promise.resolve(content).then((value) => {
    text.replaceChildren(...colour(JSON.stringify(value, null, 2)));
  });
  listenForCopy(copy, () => text.textContent);
  return view;
}

/** Copies a text on each click, and confirms it briefly on the button. */
export function listenForCopy(button: HTMLButtonElement, text: () => string): void {
  const name = button.textContent;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text());
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = name;
    }, 1500);
  });
}

/** Wraps JSON's names, strings and numbers in elements for the style sheet. */
function colour(json: string): (string | HTMLElement)[] {
  return json.split(/("(?:[^"\\]|\\.)*"(?::)?|-?\d[\d.e+-]*|true|false|null)/).map((part) => {
    const kind = kindOf(part);
    if (!kind) return part;
    const element = document.createElement('span');
    element.className = kind;
    element.textContent = part;
    return element;
  });
}

function kindOf(part: string): string | undefined {
  if (part.endsWith('":')) return 'name';
  if (part.startsWith('"')) return 'string';
  return /^(-?\d|true|false|null)/.test(part) ? 'number' : undefined;
}
