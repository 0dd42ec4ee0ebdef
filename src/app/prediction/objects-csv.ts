/** The tables of the objects of a picture, and of a stack. */
import type { FileKind } from '../../formats/file-kind.js';
import type { ImageHeader } from '../../formats/format.js';
import type { Image } from '../../image/image.js';
import type { Instance } from '../../infer/instances.js';
import type { StackInstance } from '../../infer/stack-instances.js';
import { type Cell, encodeCsv } from '../../report/csv.js';

type Columns<T> = Readonly<Record<string, (instance: T) => Cell>>;

/**
 * Makes a row for each object; its class and its name are left out where there is one, its area in mm² where the image
 * does not say its spacing.
 */
export function objectsCsv(
  instances: readonly Instance[],
  { spacing }: Pick<Image, 'spacing'>,
  classNames: readonly string[],
): string {
  return table<Instance>(instances, {
    ...namesOf(classNames),
    area_px: ({ area }) => area,
    ...(spacing && { area_mm2: ({ area }: Instance) => area * spacing[0] * spacing[1] }),
    centroid_x: ({ centroid }) => centroid.x,
    centroid_y: ({ centroid }) => centroid.y,
    box_x: ({ box }) => box.left,
    box_y: ({ box }) => box.top,
    box_width: ({ box }) => box.width,
    box_height: ({ box }) => box.height,
    mean_probability: ({ probability }) => probability,
  });
}

/** As `objectsCsv`, of the objects of a stack; their volume in mm³ needs the spacing of the slices, too. */
export function stackObjectsCsv(
  instances: readonly StackInstance[],
  { spacing, sliceSpacing }: Pick<ImageHeader, 'spacing' | 'sliceSpacing'>,
  classNames: readonly string[],
): string {
  const voxel = spacing && sliceSpacing !== undefined ? spacing[0] * spacing[1] * sliceSpacing : undefined;
  return table<StackInstance>(instances, {
    ...namesOf(classNames),
    volume_voxels: ({ volume }) => volume,
    ...(voxel !== undefined && { volume_mm3: ({ volume }: StackInstance) => volume * voxel }),
    centroid_x: ({ centroid }) => centroid.x,
    centroid_y: ({ centroid }) => centroid.y,
    centroid_z: ({ centroid }) => centroid.z,
    box_x: ({ box }) => box.left,
    box_y: ({ box }) => box.top,
    box_z: ({ box }) => box.front,
    box_width: ({ box }) => box.width,
    box_height: ({ box }) => box.height,
    box_depth: ({ box }) => box.depth,
    mean_probability: ({ probability }) => probability,
  });
}

function namesOf(classNames: readonly string[]): Columns<Pick<Instance, 'label' | 'class'>> {
  return {
    label: ({ label }) => label,
    ...(classNames.length > 1 && {
      class: (instance: Pick<Instance, 'class'>) => instance.class,
      class_name: (instance: Pick<Instance, 'class'>) => classNames[instance.class - 1]!,
    }),
  };
}

function table<T>(instances: readonly T[], columns: Columns<T>): string {
  const rows = instances.map((instance) => Object.values(columns).map((read) => read(instance)));
  return encodeCsv(Object.keys(columns), rows);
}

/** The kind of file of both tables; the only mark that a CSV can have is its header. */
export const OBJECTS_CSV: FileKind = {
  name: 'a table of objects',
  begins: (head) =>
    /^label,(?:class,(?:class_name,)?)?(?:area_px|volume_voxels),.*centroid_x,.*,mean_probability\r\n/.test(head),
};
