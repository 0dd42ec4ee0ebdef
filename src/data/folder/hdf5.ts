/** The reader of HDF5 files that the figshare set needs. It is handed in with the files, as its library is a large one. */

/** An array of numbers. `shape` is HDF5's, MATLAB's backwards: a matrix is [columns, rows]. */
export interface Field {
  readonly shape: readonly number[];
  /** All values, the last axis fastest: a matrix column by column; none where the shape alone was wanted. */
  readonly values: NumberArray;
}

/** The arrays that numbers of HDF5 come in. */
export type NumberArray =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Reads fields of MATLAB v7.3 files, which are HDF5 files behind a header of 512 bytes. */
export interface Hdf5Reader {
  /** @throws InputError that names `file` where the reader lacks what it needs to read it */
  requireAvailable(file: string): void;
  /**
   * Reads fields from the bytes of a file.
   * @param file its name, for the errors
   * @param wanted how many values of a field are read at most, by the field's name in the file; 0 reads its shape alone
   * @throws InputError in one line for a file that is no MATLAB v7.3 file or damaged, or a field with too many values,
   *   or that is no array of numbers
   */
  read<Name extends string>(
    bytes: Uint8Array,
    file: string,
    wanted: Readonly<Record<Name, number>>,
  ): Promise<Readonly<Record<Name, Field>>>;
}
