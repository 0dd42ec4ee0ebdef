/** The planes that volumes are cut into slices along. */

export const planes = ['axial', 'coronal', 'sagittal'] as const;

export type Plane = (typeof planes)[number];
