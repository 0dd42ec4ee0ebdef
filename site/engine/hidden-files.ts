/** Files that nobody means when they open a folder. */

/** Files of the system, which it writes into folders and archives unasked. */
const SYSTEM = new Set(['__macosx', 'thumbs.db', 'ehthumbs.db', 'desktop.ini']);

/** Whether a file, or a folder that it is in, is hidden: by a dot before its name, or as one of the system's. */
export function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || SYSTEM.has(part.toLowerCase()));
}
