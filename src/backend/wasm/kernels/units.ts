/** How the work of a kernel is cut into units, and what a range of them means. */
import type { Range } from '../kernel.js';

/** Elements or rows of a unit: whole vectors and whole cache lines, and not so few that threads outnumber the work. */
const GRAIN = 64;

/** Units of `length` elements, or rows, that are computed one by one. */
export function unitsOf(length: number): number {
  return Math.ceil(length / GRAIN);
}

/** The elements of a range: the first one, and how many. */
export function spanOf({ first, last }: Range, length: number): { at: number; count: number } {
  const at = first * GRAIN;
  return { at, count: Math.min(last * GRAIN, length) - at };
}

/** The result of a matrix product. */
export interface Product {
  /** What is computed one by one along the one side: rows of pixels, or tiles. */
  readonly lines: number;
  /** Lines of a unit. */
  readonly step: number;
  /** Rows of the matrix. */
  readonly rows: number;
  readonly columns: number;
}

/** A part of a product; the ends are not included. */
export type Area = readonly [firstLine: number, lastLine: number, firstColumn: number, lastColumn: number];

/** Columns of a unit: the widest tile. */
const COLUMNS = 16;

/**
 * Few rows before a large matrix of filters, as in the deepest levels: threads that divide the columns read each filter
 * once between them, threads that divide the rows read all of them each.
 */
function dividesColumns({ rows, columns }: Product): boolean {
  return columns > 4 * rows;
}

/** Units of a product. */
export function areaUnits(product: Product): number {
  const { lines, step, columns } = product;
  return dividesColumns(product) ? Math.ceil(columns / COLUMNS) : Math.ceil(lines / step);
}

/** The part of a product that a range of its units computes. */
export function areaOf(product: Product, { first, last }: Range): Area {
  const { lines, step, columns } = product;
  return dividesColumns(product)
    ? [0, lines, first * COLUMNS, Math.min(last * COLUMNS, columns)]
    : [first * step, Math.min(last * step, lines), 0, columns];
}
