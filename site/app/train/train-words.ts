/** What a training is on, in words. */

/** The name of a data set without the folder that it is in; that of the phantom where there is none. */
export function dataName(data: string | undefined): string {
  return data === undefined ? 'the phantom' : data.replace(/^data\//, '');
}
