/** Turns drops, pastes and file dialogs into files to upload; folders are read recursively. */
import type { Source } from './uploads.ts';

/** Calls back with files that are dropped or pasted anywhere on the page. */
export function listenForFiles(onFiles: (sources: readonly Source[]) => void): void {
  // The browser would replace the page by a photo that misses the drop area.
  addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('is-target');
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) document.body.classList.remove('is-target');
  });
  addEventListener('drop', async (event) => {
    event.preventDefault();
    document.body.classList.remove('is-target');
    if (event.dataTransfer) onFiles(await sourcesOfDrop(event.dataTransfer));
  });
  addEventListener('paste', ({ clipboardData }) => {
    onFiles([...(clipboardData?.files ?? [])].map(pasted));
  });
}

/** Opens the browser's file dialog on a click of a button. */
export function listenForPick(
  button: HTMLButtonElement,
  input: HTMLInputElement,
  onFiles: (sources: readonly Source[]) => void,
): void {
  button.addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    onFiles([...(input.files ?? [])].map(picked).filter(({ key }) => isVisible(key)));
    input.value = '';
  });
}

function picked(file: File): Source {
  return {
    key: file.webkitRelativePath || file.name,
    read: async () => file,
  };
}

/** Pasted screenshots are all called image.png, so that the key gets the time. */
function pasted(file: File): Source {
  const time = new Date().toISOString().replace(/[:.]/g, '-').slice(0, 19);
  const key = file.name === 'image.png' ? `pasted-${time}.png` : file.name;
  return { key, read: async () => file };
}

/** Hidden files such as .DS_Store are left out of folders, as on the command line. */
function isVisible(path: string): boolean {
  return !path.includes('/.');
}

async function sourcesOfDrop(transfer: DataTransfer): Promise<Source[]> {
  // Read everything before the first await, after which the browser empties the list.
  const dropped = [...transfer.items].map((item) => ({
    entry: item.webkitGetAsEntry(),
    file: item.getAsFile(),
  }));
  const found = await Promise.all(
    dropped.map(({ entry, file }) => {
      if (entry?.isDirectory) return sourcesIn(entry);
      return file ? [picked(file)] : [];
    }),
  );
  return found.flat();
}

async function sourcesIn(entry: FileSystemEntry): Promise<Source[]> {
  const path = entry.fullPath.slice(1);
  if (!isVisible(path)) return [];
  if (isFile(entry)) {
    return [{ key: path, read: () => new Promise((resolve, reject) => entry.file(resolve, reject)) }];
  }
  const children = isDirectory(entry) ? await readAll(entry.createReader()) : [];
  children.sort((a, b) => (a.name < b.name ? -1 : 1));
  return (await Promise.all(children.map(sourcesIn))).flat();
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** A reader returns up to a hundred entries per call, and none at the end. */
async function readAll(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return entries;
    entries.push(...some);
  }
}
