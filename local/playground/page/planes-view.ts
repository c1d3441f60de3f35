/** Draws the channels of a picture after each step of preprocessing. */
import { type Plane, planesOf, type SeenPicture, shortest } from '../../pixels/seen-picture.ts';
import { find, fromTemplate } from './dom.ts';

/** A figure for each step, with a canvas for each channel. */
export function createPlanes(picture: SeenPicture): HTMLElement[] {
  return planesOf(picture).map(({ name, planes }) => {
    const title = name || 'pixel';
    const values = planes.flatMap((plane) => plane.values);
    const [least, greatest] = [Math.min(...values), Math.max(...values)];
    const signs = least < 0 ? '; blue is below 0, orange above' : '';
    const figure = fromTemplate('step');
    find('figcaption', HTMLElement, figure).textContent =
      `${title}: ${shortest(least)} to ${shortest(greatest)}${signs}`;
    find('.step', HTMLElement, figure).append(
      ...planes.map((plane) => createPlane(picture, plane, title, { least, greatest })),
    );
    return figure;
  });
}

interface Range {
  readonly least: number;
  readonly greatest: number;
}

function createPlane({ view }: SeenPicture, plane: Plane, title: string, range: Range): HTMLElement {
  const frame = document.createElement('div');
  const canvas = document.createElement('canvas');
  canvas.width = view.width;
  canvas.height = view.height;
  canvas.role = 'img';
  canvas.ariaLabel = `Channel ${plane.channel}, ${title}`;
  const colours = plane.values.map((value) => colourOf(value, range));
  const image = new ImageData(view.width, view.height);
  plane.bytes.forEach((byte, pixel) => {
    image.data.set(colours[byte]!, pixel * 4);
  });
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  const letter = document.createElement('span');
  letter.textContent = plane.channel;
  letter.ariaHidden = 'true';
  frame.append(canvas, letter);
  return frame;
}

type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** Grey where nothing is below 0; otherwise 0 is black. All channels of a step share a scale, so that their means show. */
function colourOf(value: number, { least, greatest }: Range): Rgba {
  if (least >= 0) {
    const grey = (value / greatest) * 255;
    return [grey, grey, grey, 255];
  }
  const part = Math.abs(value) / Math.max(-least, greatest);
  return value < 0 ? [70 * part, 150 * part, 255 * part, 255] : [255 * part, 165 * part, 50 * part, 255];
}
