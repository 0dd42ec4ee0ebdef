/** Files that are dropped or chosen, alone or in folders, with their paths. */
import { isHidden } from '../../engine/hidden-files.js';
import type { DroppedFile } from '../../engine/protocol.js';

/** What was dropped, without the files that systems hide in folders. */
export interface Dropped {
  /** The folder that holds all of it, or the only file without its ending; `dropped` where there is neither. */
  readonly name: string;
  /** With paths from that folder on: `images/a.png`. */
  readonly files: readonly DroppedFile[];
  /** How many hidden files were left out. */
  readonly hidden: number;
}

/** What a file input holds; a folder's files bring their paths with them. */
export function chosen(files: readonly File[]): Dropped {
  return droppedOf(files.map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/**
 * All files of a drop, those of its folders, too. It must be called before the event has ended, as a drop is empty afterwards.
 * @param onFound how many files have been found so far
 * @throws what the browser says of a file or folder that cannot be read
 */
export async function dropped(items: Iterable<DataTransferItem>, onFound: (files: number) => void): Promise<Dropped> {
  const files: DroppedFile[] = [];
  const entries: FileSystemEntry[] = [];
  for (const item of items) {
    const entry = item.webkitGetAsEntry();
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    // What a script or another program hands over is in no file system, and has no entry.
    if (file) files.push({ path: file.name, file });
  }
  for (const entry of entries) await collect(entry, files, onFound);
  return droppedOf(files);
}

async function collect(entry: FileSystemEntry, files: DroppedFile[], onFound: (files: number) => void): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    files.push({ path: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives a hundred entries at most, and none when there are no more.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    const folders = batch.filter(({ isDirectory }) => isDirectory);
    await Promise.all(batch.filter(({ isFile }) => isFile).map((file) => collect(file, files, onFound)));
    onFound(files.length);
    for (const folder of folders) await collect(folder, files, onFound);
  }
}

function droppedOf(all: readonly DroppedFile[]): Dropped {
  const shown = all.filter(({ path }) => !isHidden(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  const [root = ''] = shown[0]?.path.split('/') ?? [];
  const isFolder = shown.length > 0 && shown.every(({ path }) => path.startsWith(`${root}/`));
  const files = isFolder ? shown.map(({ path, file }) => ({ path: path.slice(root.length + 1), file })) : shown;
  const alone = shown.length === 1 ? root.replace(/(?<=.)\..*$/, '') : 'dropped';
  return { name: isFolder ? root : alone, files, hidden: all.length - shown.length };
}
