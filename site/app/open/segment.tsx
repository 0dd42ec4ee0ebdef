/** The images that were opened, of which one is chosen and segmented. */
import { plural } from '../../../src/base/quantities.js';
import type { Image } from '../../../src/image/image.js';
import { Details, ErrorLine, Progress } from '../ui/index.js';
import { ImageList } from './image-list.js';
import { SegmentedImage, type SegmentedImageProps } from './segmented-image.js';

export interface SegmentProps {
  readonly images: readonly string[];
  /** What was refused, one line each. */
  readonly refused: readonly string[];
  readonly chosen: string | null;
  /** An image to look at, RGB, at any size; another function stands for other images. */
  readonly thumbnail: (name: string) => Promise<Image<Uint8Array>>;
  readonly onChoose: (name: string) => void;
  /** The name of the model that is computing; null while none is. */
  readonly computing: string | null;
  readonly result: SegmentedImageProps | null;
  readonly error: string | null;
}

export function Segment(props: SegmentProps) {
  const { images, refused, chosen, thumbnail, onChoose, computing, result, error } = props;
  return (
    <section class="part" id="segment" aria-labelledby="segment-title">
      <h3 id="segment-title">
        {images.length > 0 ? `${plural(images.length, 'image')} to segment` : 'The open image'}
      </h3>
      {images.length > 0 && (
        <>
          <p class="hint">Choose one: its mask is drawn over it.</p>
          <ImageList {...{ id: 'images', label: 'Images', names: images, chosen, thumbnail, onChoose }} />
        </>
      )}
      {refused.length > 0 && (
        <Details summary={`${plural(refused.length, 'file')} left out`}>
          <ul class="lines">
            {refused.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Details>
      )}
      {computing && <Progress label={`Segmenting with ${computing}`} />}
      <ErrorLine id="segment-error">{error}</ErrorLine>
      {result && <SegmentedImage {...result} />}
    </section>
  );
}
