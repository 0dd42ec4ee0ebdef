/** A mask over its image, drawn anew in the next frame when image, probabilities or threshold change. */
import { useEffect, useRef } from 'preact/hooks';
import type { Image } from '../../../src/image/image.js';
import { rgbaOf } from '../ui/index.js';

export interface MaskCanvasProps {
  readonly width: number;
  readonly height: number;
  /** Returns the picture; another function is another picture. */
  readonly draw: () => Image<Uint8Array>;
  readonly label: string;
}

export function MaskCanvas({ width, height, draw, label }: MaskCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    // A slider changes more often than the screen: what a later change replaces is not drawn.
    const frame = requestAnimationFrame(() => {
      canvas.current!.getContext('2d')!.putImageData(new ImageData(rgbaOf(draw()), width, height), 0, 0);
    });
    return () => cancelAnimationFrame(frame);
  }, [draw, width, height]);
  return <canvas ref={canvas} class="picture" width={width} height={height} role="img" aria-label={label} />;
}
