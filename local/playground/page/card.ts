/** A photo's card in the gallery, from its upload to its labels. */
import type { Photo } from '../labelling/photos.ts';
import { inputAddress, photoAddress } from './addresses.ts';
import { createShortAnswer } from './answer-view.ts';
import { find, fromTemplate } from './dom.ts';
import type { Entry } from './entries.ts';
import { explain } from './wording.ts';

export interface CardListeners {
  readonly onOpen: (key: string) => void;
  readonly onRetry: (key: string) => void;
}

export interface Card {
  readonly element: HTMLElement;
  readonly update: (entry: Entry) => void;
}

export function createCard(key: string, { onOpen, onRetry }: CardListeners): Card {
  const element = fromTemplate('card');
  const open = find('.open', HTMLButtonElement, element);
  const message = find('.message', HTMLElement, element);
  const verdict = find('.verdict', HTMLElement, element);
  const progress = find('progress', HTMLProgressElement, element);
  const answers = find('.answers', HTMLElement, element);
  const showPictures = createPictures(element);

  open.textContent = key;
  open.addEventListener('click', () => onOpen(key));
  progress.setAttribute('aria-label', `Upload of ${key}`);

  return {
    element,
    update: (entry) => {
      const { photo, upload } = entry;
      const isUploading = upload !== undefined && upload.failure === undefined;
      element.dataset.status = isUploading ? 'uploading' : upload ? 'failed' : photo?.answer.status;
      open.disabled = photo === undefined;
      progress.hidden = !isUploading;
      progress.value = upload?.sent ?? 0;
      verdict.textContent = photo?.answer.status === 'rejected' ? photo.answer.event.detail.error.name : '';
      message.textContent = describe(entry);
      if (upload?.failure !== undefined)
        message.append(
          ' ',
          createRetry(() => onRetry(key)),
        );
      answers.replaceChildren(...createAnswers(photo));
      if (photo) showPictures(photo);
    },
  };
}

function describe({ photo, upload }: Entry): string {
  if (upload?.failure !== undefined) return `Not uploaded: ${upload.failure}`;
  if (upload) return upload.sent === 0 ? 'Waiting to upload…' : 'Uploading…';
  return photo && photo.answer.status !== 'classified' ? explain(photo.answer) : '';
}

function createRetry(onClick: () => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'retry';
  button.textContent = 'Try again';
  button.addEventListener('click', onClick);
  return button;
}

function createAnswers(photo: Photo | undefined): HTMLElement[] {
  if (photo?.answer.status !== 'classified') return [];
  const { answer, comparison } = photo;
  return [answer, ...(comparison ? [comparison] : [])].map(createShortAnswer);
}

/** Shows the photo with the network input in its corner, or the input alone if the browser cannot show the format. */
function createPictures(element: HTMLElement) {
  const picture = find('.photo', HTMLImageElement, element);
  const input = find('.input', HTMLImageElement, element);
  let current: Photo | undefined;

  picture.addEventListener('error', () => {
    picture.hidden = true;
    element.classList.add('is-unseen');
  });
  input.addEventListener('error', () => {
    input.hidden = true;
  });
  return (photo: Photo): void => {
    if (photo.storedAt !== current?.storedAt) {
      picture.hidden = false;
      element.classList.remove('is-unseen');
      picture.src = photoAddress(photo);
    }
    current = photo;
    input.hidden = photo.answer.status !== 'classified';
    if (photo.answer.status !== 'classified') return;
    const address = inputAddress(photo, photo.answer.model);
    if (input.getAttribute('src') !== address) input.src = address;
  };
}
