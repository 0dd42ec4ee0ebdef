/** Files that are dropped or chosen, with their paths. */
import type { DroppedFile } from '../../engine/engine.js';

/** Files of an input; those of a folder know their paths below it. */
export function chosen(files: readonly File[]): DroppedFile[] {
  return files.map((file) => ({ path: file.webkitRelativePath || file.name, file })).filter(isWanted);
}

/** All files of what was dropped, and of the folders among it. It must be called while the event lasts. */
export async function dropped(items: DataTransferItemList): Promise<DroppedFile[]> {
  // What is dragged from a page, not from a folder, is a file without an entry.
  const found = [...items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile()).filter((one) => one !== null);
  const files: DroppedFile[] = [];
  for (const one of found) {
    if (one instanceof File) files.push({ path: one.name, file: one });
    else await collect(one, files);
  }
  return files.filter(isWanted);
}

async function collect(entry: FileSystemEntry, into: DroppedFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    into.push({ path: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const next = () => new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
  // A folder is given in parts of at most 100 entries; an empty part is the end.
  for (let part = await next(); part.length > 0; part = await next()) {
    for (const inside of part) await collect(inside, into);
  }
}

/** Systems put hidden files into folders, which nobody means. */
function isWanted({ path }: DroppedFile): boolean {
  return !path.split('/').some((name) => name.startsWith('.'));
}
