/** Saving files that the page has made: by links to bytes in memory, without a server. */

/** How long the browser is given to begin reading, in milliseconds: then the bytes are let go. */
const BEGUN = 10_000;

/** @param type the media type, `application/zip` */
export function saveFile(name: string, bytes: Uint8Array, type: string): void {
  const address = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), BEGUN);
}
