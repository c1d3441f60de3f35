/** The list of sample photos, with the credits that their licences require. */
import type { Sample } from '../server/samples.ts';
import { find, fromTemplate } from './dom.ts';
import type { Source } from './uploads.ts';

export async function listSamples(onFiles: (sources: readonly Source[]) => void): Promise<void> {
  const samples: Sample[] = await (await fetch('/samples')).json();
  find('#samples ul', HTMLElement).replaceChildren(
    ...samples.map((sample) => {
      const item = fromTemplate('sample');
      const button = find('button', HTMLButtonElement, item);
      find('img', HTMLImageElement, item).src = addressOf(sample);
      button.setAttribute('aria-label', `Add ${sample.title.toLowerCase()}`);
      button.title = `${sample.title}, by ${sample.author} (${sample.licence})`;
      button.addEventListener('click', () => onFiles([toSource(sample)]));
      return item;
    }),
  );
  find('#add-samples', HTMLButtonElement).addEventListener('click', () => onFiles(samples.map(toSource)));
  find('#credits', HTMLElement).replaceChildren(...credits(samples));
}

function addressOf({ file }: Sample): string {
  return `/samples/${file}`;
}

function toSource(sample: Sample): Source {
  return {
    key: sample.file,
    read: async () => (await fetch(addressOf(sample))).blob(),
  };
}

/** Credits the authors of the samples under CC BY; the other licences require none. */
function credits(samples: readonly Sample[]): (string | HTMLElement)[] {
  return samples
    .filter(({ licence }) => licence.startsWith('CC BY'))
    .flatMap(({ title, author, licence, source }, index) => [
      index === 0 ? '' : '; ',
      link(title, source),
      ` by ${author}, `,
      link(licence, 'https://creativecommons.org/licenses/by/2.0/'),
    ]);
}

function link(text: string, address: string): HTMLElement {
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.rel = 'noreferrer';
  anchor.textContent = text;
  return anchor;
}
