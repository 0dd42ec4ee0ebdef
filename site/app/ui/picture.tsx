/** Images of the library on the page. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Image } from '../../../src/image/image.js';

export interface PictureProps {
  /** Grey, RGB or RGBA, 0..255. */
  readonly image: Image<Uint8Array>;
  /** What is seen, for those who do not see it. */
  readonly label: string;
  readonly class?: string;
}

/** Draws an image pixel by pixel; how large it is shown is a matter of style. */
export function Picture({ image, label, class: name = '' }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    canvas.current!.getContext('2d')!.putImageData(new ImageData(rgbaOf(image), image.width, image.height), 0, 0);
  }, [image]);
  return (
    <canvas
      ref={canvas}
      class={`picture ${name}`}
      width={image.width}
      height={image.height}
      role="img"
      aria-label={label}
    />
  );
}

export interface FigureProps extends PictureProps {
  /** A title and figures below the image. */
  readonly caption: ComponentChildren;
}

export function Figure({ caption, ...picture }: FigureProps) {
  return (
    <figure class="figure">
      <Picture {...picture} />
      <figcaption>{caption}</figcaption>
    </figure>
  );
}

/** Brings grey, RGB or RGBA to RGBA. */
export function rgbaOf({ width, height, channels, data }: Image<Uint8Array>): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * width * height);
  if (channels === 4) {
    rgba.set(data);
    return rgba;
  }
  const colours = channels === 1 ? [0, 0, 0] : [0, 1, 2];
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (const [c, from] of colours.entries()) rgba[4 * pixel + c] = data[channels * pixel + from];
    rgba[4 * pixel + 3] = 255;
  }
  return rgba;
}
