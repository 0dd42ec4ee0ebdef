/**
 * What ImageJ and Fiji write into the description of a TIFF file, lines of NAME=VALUE: how the pages are channels, slices
 * and frames, and the unit of the resolution.
 */

/** How a file's pages are arranged: those of channels follow each other, then those of slices, then those of frames. */
export interface ImageJ {
  readonly images: number;
  readonly channels: number;
  readonly slices: number;
  readonly frames: number;
  /** How many millimetres the unit is; absent where none is known. */
  readonly unit?: number;
  /** The distance between slices in units. */
  readonly spacing?: number;
  /** The lines on units and distances, as they stand there. */
  readonly calibration: readonly string[];
}

/** The names of the lines on units and distances. */
const CALIBRATION = ['unit', 'yunit', 'zunit', 'spacing', 'finterval', 'fps', 'tunit'];

/** Millimetres in a unit of length, by the names that microscopes and programs use. */
const MILLIMETRES: ReadonlyMap<string, number> = new Map([
  ['pm', 1e-9],
  ['\u00c5', 1e-7],
  ['nm', 1e-6],
  ['\u00b5m', 1e-3],
  ['\u03bcm', 1e-3],
  ['um', 1e-3],
  ['micron', 1e-3],
  ['microns', 1e-3],
  ['micrometer', 1e-3],
  ['mm', 1],
  ['cm', 10],
  ['dm', 100],
  ['m', 1000],
  ['inch', 25.4],
  ['in', 25.4],
]);

/** How many millimetres a unit of length is; undefined for pixels and what is not known. */
export function millimetresOf(unit: string): number | undefined {
  return MILLIMETRES.get(unit.trim());
}

/** Reads the description of a file by ImageJ; undefined where it is none. */
export function parseImageJ(description: string): ImageJ | undefined {
  if (!description.startsWith('ImageJ=')) return undefined;
  const values = new Map<string, string>();
  for (const line of description.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) values.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  const count = (name: string) => {
    const value = Number(values.get(name) ?? 1);
    return Number.isInteger(value) && value > 0 ? value : 1;
  };
  // ImageJ writes what is beyond Latin-1 as \\u00B5.
  const unit = values
    .get('unit')
    ?.replace(/\\u([0-9a-fA-F]{4})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
  const millimetres = unit === undefined ? undefined : millimetresOf(unit);
  const spacing = Math.abs(Number(values.get('spacing')));
  return {
    images: count('images'),
    channels: count('channels'),
    slices: count('slices'),
    frames: count('frames'),
    ...(millimetres !== undefined && { unit: millimetres }),
    ...(spacing > 0 && Number.isFinite(spacing) && { spacing }),
    calibration: CALIBRATION.filter((name) => values.has(name)).map((name) => `${name}=${values.get(name)}`),
  };
}
