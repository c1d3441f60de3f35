/** The channels of a photo after each step of preprocessing, and one pixel's values from the file to the tensor. */
import { fromPictureJson } from '../../pixels/picture-json.ts';
import { type Position, type SeenPicture, shortest, traceAt } from '../../pixels/seen-picture.ts';
import type { Photo } from '../labelling/photos.ts';
import { pixelsAddress } from './addresses.ts';
import { find, fromTemplate } from './dom.ts';
import { createPlanes } from './planes-view.ts';

/** Creates a disclosure that fetches the pixels when it is first opened. */
export function createChannels(photo: Photo, model: string): HTMLElement {
  const view = fromTemplate('channels');
  find('summary', HTMLElement, view).textContent = `From the file to the tensor of ${model}`;
  view.addEventListener('toggle', () => void fill(view, photo, model), { once: true });
  return view;
}

async function fill(view: HTMLElement, photo: Photo, model: string): Promise<void> {
  const message = find('.message', HTMLElement, view);
  message.textContent = 'Reading the pixels…';
  const response = await fetch(pixelsAddress(photo, model));
  if (!response.ok) {
    message.textContent = await response.text();
    return;
  }
  const picture = fromPictureJson(await response.json());
  message.textContent = '';
  find('.followed', HTMLElement, view).hidden = false;
  find('.planes', HTMLElement, view).append(...createPlanes(picture));
  follow(view, photo.key, picture);
}

/** Shows the pixel under the pointer, or that of the fields; the middle one at first. */
function follow(view: HTMLElement, key: string, picture: SeenPicture): void {
  const { width, height } = picture.view;
  const planes = find('.planes', HTMLElement, view);
  const fields = {
    x: find('[name=x]', HTMLInputElement, view),
    y: find('[name=y]', HTMLInputElement, view),
  };
  fields.x.max = String(width - 1);
  fields.y.max = String(height - 1);

  const move = ({ x, y }: Position): void => {
    const at = { x: within(x, width), y: within(y, height) };
    fields.x.value = String(at.x);
    fields.y.value = String(at.y);
    planes.style.setProperty('--x', String((at.x + 0.5) / width));
    planes.style.setProperty('--y', String((at.y + 0.5) / height));
    showPixel(view, key, picture, at);
  };
  const moveToPointer = ({ target, offsetX, offsetY }: PointerEvent): void => {
    if (!(target instanceof HTMLCanvasElement)) return;
    const { clientWidth, clientHeight } = target;
    move({ x: (offsetX / clientWidth) * width, y: (offsetY / clientHeight) * height });
  };
  planes.addEventListener('pointermove', moveToPointer);
  planes.addEventListener('pointerdown', moveToPointer);
  // The dialog's arrow keys turn to another photo.
  find('.position', HTMLElement, view).addEventListener('keydown', (event) => event.stopPropagation());
  for (const field of [fields.x, fields.y]) {
    field.addEventListener('input', () => {
      if (field.validity.valid) move({ x: fields.x.valueAsNumber, y: fields.y.valueAsNumber });
    });
  }
  move({ x: width / 2, y: height / 2 });
}

function within(value: number, size: number): number {
  return Math.min(Math.max(Math.floor(value), 0), size - 1);
}

function showPixel(view: HTMLElement, key: string, picture: SeenPicture, at: Position): void {
  const { width, height, stored, order, steps } = traceAt(picture, at);
  const source = stored ? `pixel ${stored.x},${stored.y} of ` : '';
  find('[role=status]', HTMLElement, view).textContent =
    `Pixel ${at.x},${at.y} of ${picture.view.width}x${picture.view.height}, from ${source}${key} (${width}x${height})`;
  find('thead tr', HTMLElement, view).replaceChildren(
    ...['Step', ...order].map((text) => createCell('th', text, 'col')),
  );
  find('tbody', HTMLElement, view).replaceChildren(
    ...steps.map(({ name, values }) => {
      const row = document.createElement('tr');
      row.append(
        createCell('th', name || 'pixel', 'row'),
        ...values.map((value) => createCell('td', shortest(value))),
      );
      return row;
    }),
  );
}

function createCell(kind: 'th' | 'td', text: string, scope?: 'col' | 'row'): HTMLElement {
  const cell = document.createElement(kind);
  cell.textContent = text;
  if (scope) cell.setAttribute('scope', scope);
  return cell;
}
