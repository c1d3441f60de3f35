/** Entry point of the playground's page. */
import { createDetails } from './details.ts';
import { listenForCopy } from './document-view.ts';
import { find } from './dom.ts';
import { createEntries, type Entry } from './entries.ts';
import { connectFeed } from './feed.ts';
import { createGallery } from './gallery.ts';
import { createModelMenus } from './models.ts';
import { listSamples } from './samples.ts';
import { select } from './selection.ts';
import { listenForFiles, listenForPick } from './sources.ts';
import { createToolbar } from './toolbar.ts';
import { createUploads, type Source } from './uploads.ts';

const changed = new Set<string>();
let shown: Entry[] = [];

const entries = createEntries((key) => {
  changed.add(key);
  requestRender();
});
const uploads = createUploads(entries);
const details = createDetails(entries, (key, step) => {
  const neighbour = shown[shown.findIndex((entry) => entry.key === key) + step];
  return neighbour?.photo && neighbour.key;
});
const gallery = createGallery({ onOpen: details.open, onRetry: uploads.retry });
const toolbar = createToolbar(() => requestRender());

const trouble = find('#trouble', HTMLElement);
function showTrouble(sentence: string): void {
  trouble.textContent = sentence;
}
const showModels = createModelMenus(showTrouble);

let isRequested = false;
/** Renders at most once per frame. */
function requestRender(): void {
  if (isRequested) return;
  isRequested = true;
  requestAnimationFrame(() => {
    isRequested = false;
    const all = entries.all();
    shown = select(all, toolbar.selection());
    gallery.show(shown, changed);
    toolbar.update(all, shown.length);
    for (const key of changed) details.update(key);
    changed.clear();
    document.body.classList.toggle('is-empty', all.length === 0);
    document.body.classList.toggle(
      'is-comparing',
      all.some(({ photo }) => photo?.comparison),
    );
  });
}

function addFiles(sources: readonly Source[]): void {
  if (sources.length === 0) return;
  find('#samples', HTMLDetailsElement).open = false;
  uploads.add(sources);
}
listenForFiles(addFiles);
listenForPick(find('#choose-photos', HTMLButtonElement), find('#photo-files', HTMLInputElement), addFiles);
listenForPick(find('#choose-folder', HTMLButtonElement), find('#folder-files', HTMLInputElement), addFiles);
listSamples(addFiles);

const command = find('footer code', HTMLElement);
listenForCopy(find('footer .copy', HTMLButtonElement), () => command.textContent);

connectFeed({
  onBucket: (news) => {
    command.textContent = `aws s3 cp cat.jpg s3://${news.bucket}/ --no-sign-request --endpoint-url ${news.s3Url}`;
    find('.bucket', HTMLElement).textContent = news.bucket;
    if (news.photos.length > 0) find('#samples', HTMLDetailsElement).open = false;
    showModels(news);
    entries.setPhotos(news.photos);
  },
  onModels: showModels,
  onPhoto: entries.setPhoto,
  onConnection: (isConnected) => {
    showTrouble(isConnected ? '' : 'The playground does not respond. Has it been stopped?');
  },
});
