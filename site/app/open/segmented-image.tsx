/** An image with the mask that a network made of it. */
import { useMemo, useState } from 'preact/hooks';
import { grouped, percent } from '../../../src/base/quantities.js';
import type { Image } from '../../../src/image/image.js';
import { overlayClasses } from '../../../src/report/overlay.js';
import { ClassLegend, Facts, Picture, Segmented } from '../ui/index.js';

export interface SegmentedImageProps {
  readonly name: string;
  /** RGB. */
  readonly image: Image<Uint8Array>;
  /** 0 = background, else the number of the class; of the image's size. */
  readonly mask: Image<Uint8Array>;
  /** Without the background. */
  readonly classNames: readonly string[];
  /** What segmented it: `nuclei, L4`. */
  readonly model: string;
  readonly milliseconds: number;
}

const VIEWS = [
  { value: 'both', label: 'Image and mask' },
  { value: 'image', label: 'Image' },
] as const;

export function SegmentedImage({ name, image, mask, classNames, model, milliseconds }: SegmentedImageProps) {
  const [view, setView] = useState<(typeof VIEWS)[number]['value']>('both');
  const both = useMemo(() => overlayClasses(image, mask), [image, mask]);
  const share = useMemo(() => mask.data.reduce((sum, label) => sum + Number(label > 0), 0) / mask.data.length, [mask]);
  const shown = view === 'both' ? both : image;
  return (
    <div class="segmented-image" id="segmented">
      <Picture image={shown} label={view === 'both' ? `${name} with its mask` : name} />
      <div class="segmented-about">
        <Segmented id="segmented-view" label="Show" value={view} choices={VIEWS} onChange={setView} />
        <ClassLegend classNames={classNames} />
        <Facts
          facts={[
            { name: 'Image', value: name },
            { name: 'Size', value: `${grouped(image.width)} × ${grouped(image.height)}` },
            { name: 'Segmented by', value: `${model}, in ${grouped(Math.round(milliseconds))} ms` },
            { name: 'Marked', value: `${percent(share)} of the image` },
          ]}
        />
      </div>
    </div>
  );
}
