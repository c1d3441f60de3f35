/** A dialog with everything known about a photo; the arrow keys move between photos. */
import type { Answer } from '../labelling/answer.ts';
import type { Photo } from '../labelling/photos.ts';
import { encodeKey, inputAddress, photoAddress } from './addresses.ts';
import { createFullAnswer } from './answer-view.ts';
import { createChannels } from './channels-view.ts';
import { createDocument } from './document-view.ts';
import { find, fromTemplate } from './dom.ts';
import type { Entries } from './entries.ts';
import { explain, fileSize } from './wording.ts';

export interface Details {
  readonly open: (key: string) => void;
  /** Refreshes the dialog if it shows this photo. */
  readonly update: (key: string) => void;
}

/** @param neighbourOf Returns the key of the previous (-1) or next (1) photo in the order shown. */
export function createDetails(
  entries: Entries,
  neighbourOf: (key: string, step: -1 | 1) => string | undefined,
): Details {
  const dialog = find('#details', HTMLDialogElement);
  const previous = find('.previous', HTMLButtonElement, dialog);
  const next = find('.next', HTMLButtonElement, dialog);
  let shown = '';

  const show = (key: string): void => {
    const photo = entries.get(key)?.photo;
    if (!photo) {
      dialog.close();
      return;
    }
    shown = key;
    previous.disabled = neighbourOf(key, -1) === undefined;
    next.disabled = neighbourOf(key, 1) === undefined;
    fill(dialog, photo);
  };
  const move = (step: -1 | 1): void => {
    const key = neighbourOf(shown, step);
    if (key !== undefined) show(key);
  };
  previous.addEventListener('click', () => move(-1));
  next.addEventListener('click', () => move(1));
  find('.close', HTMLButtonElement, dialog).addEventListener('click', () => dialog.close());
  dialog.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowLeft') move(-1);
    if (key === 'ArrowRight') move(1);
  });
  // The content fills the dialog, so that a click whose target is the dialog hit the backdrop.
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  return {
    open: (key) => {
      show(key);
      dialog.showModal();
    },
    update: (key) => {
      if (dialog.open && key === shown) show(key);
    },
  };
}

function fill(dialog: HTMLDialogElement, photo: Photo): void {
  const answers = [photo.answer, ...(photo.comparison ? [photo.comparison] : [])];
  const isClassified = photo.answer.status === 'classified';
  find('h2', HTMLElement, dialog).textContent = photo.key;
  find('.message', HTMLElement, dialog).textContent = isClassified ? '' : explain(photo.answer);
  find('.pictures', HTMLElement, dialog).replaceChildren(
    createFigure(photoAddress(photo), 'The photo', describe(photo)),
    ...answers.flatMap((answer) => createInput(photo, answer)),
  );
  find('.preprocessing', HTMLElement, dialog).replaceChildren(
    ...answers.flatMap((answer) =>
      answer.status === 'classified' ? [createChannels(photo, answer.model)] : [],
    ),
  );
  find('.answers', HTMLElement, dialog).replaceChildren(
    ...(isClassified ? answers.map(createFullAnswer) : []),
  );
  find('.documents', HTMLElement, dialog).replaceChildren(
    createDocument('Metadata', readHead(photo)),
    ...answers.flatMap((answer) => createEvent(answer, answers.length > 1)),
  );
}

function describe({ answer }: Photo): string {
  if (!('event' in answer) || !answer.event) return '';
  const { size } = answer.event.detail;
  const image = 'image' in answer.event.detail ? answer.event.detail.image : undefined;
  const parts = [
    image && `${image.width} × ${image.height}`,
    image?.format.toUpperCase(),
    size !== undefined && fileSize(size),
  ];
  return parts.filter(Boolean).join(', ');
}

/** Shows the network input; its size is known once the browser has loaded it. */
function createInput(photo: Photo, answer: Answer): HTMLElement[] {
  if (answer.status !== 'classified') return [];
  const figure = createFigure(inputAddress(photo, answer.model), `What ${answer.model} saw`, '');
  const image = find('img', HTMLImageElement, figure);
  image.addEventListener('load', () => {
    find('figcaption', HTMLElement, figure).append(`, ${image.naturalWidth} × ${image.naturalHeight}`);
  });
  return [figure];
}

function createFigure(address: string, title: string, note: string): HTMLElement {
  const figure = fromTemplate('figure');
  const image = find('img', HTMLImageElement, figure);
  const caption = find('figcaption', HTMLElement, figure);
  caption.textContent = [title, note].filter(Boolean).join(', ');
  image.alt = title;
  image.addEventListener('error', () => {
    image.hidden = true;
    caption.append('. Your browser cannot show it.');
  });
  image.src = address;
  return figure;
}

async function readHead({ key }: Photo): Promise<unknown> {
  const response = await fetch(`/heads/${encodeKey(key)}`);
  return response.ok ? response.json() : response.text();
}

/** The event in EventBridge's form. */
function createEvent(answer: Answer, isOneOfTwo: boolean): HTMLElement[] {
  if (!('event' in answer) || !answer.event) return [];
  const { detailType, detail } = answer.event;
  const title = isOneOfTwo && 'model' in answer ? `Event of ${answer.model}` : 'Event';
  return [createDocument(title, { source: 'bucketlens', 'detail-type': detailType, detail })];
}
