/**
 * Who wrote a PNG, and what it shows: text chunks (tEXt) of the standard's keywords `Software` and `Title`, which
 * `encodePng` puts right after the header.
 */
import { type FileKind, SOFTWARE } from '../file-kind.js';
import { HEADER_BYTES } from './header.js';

/** A kind of picture; `text` is what `encodePng` writes into it. */
export interface PngKind extends FileKind {
  readonly text: Readonly<Record<string, string>>;
}

const CHECKSUM = 4;
const OWN = textChunk('Software', SOFTWARE);

/** Makes the kind of pictures with a title; `name` is for errors. */
export function pngKind(title: string, name: string): PngKind {
  const titled = textChunk('Title', title);
  return {
    name,
    text: { Software: SOFTWARE, Title: title },
    begins: (head) => isOwnPng(head) && head.startsWith(titled, HEADER_BYTES + OWN.length + CHECKSUM),
  };
}

/** Whether a file that begins like this is a picture of any kind that this program wrote. */
export function isOwnPng(head: string): boolean {
  return head.startsWith(OWN, HEADER_BYTES);
}

/** Length, type, keyword and text of a chunk; its checksum would follow. */
function textChunk(keyword: string, text: string): string {
  const data = `${keyword}\0${text}`;
  return `\0\0\0${String.fromCharCode(data.length)}tEXt${data}`;
}
