/** Many images to choose one from, as thumbnails that are made when they come into view. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { grouped } from '../../../src/base/quantities.js';
import type { Image } from '../../../src/image/image.js';
import { rgbaOf } from '../ui/index.js';
import { cellAfter, gridView } from './grid.js';
import { ThumbnailQueue } from './thumbnail-queue.js';

/** In CSS pixels, as in styles/open.css: the side of a thumbnail, and of a cell with its name and gap. */
const SIDE = 96;
const CELL = { width: 112, height: 148 };

export interface ImageListProps {
  readonly id: string;
  /** What the images are: `Images of cells`. */
  readonly label: string;
  readonly names: readonly string[];
  readonly chosen: string | null;
  /** An image to look at, RGB, at any size. */
  readonly thumbnail: (name: string) => Promise<Image<Uint8Array>>;
  readonly onChoose: (name: string) => void;
}

export function ImageList({ id, label, names, chosen, thumbnail, onChoose }: ImageListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: CELL.width, height: 0 });
  const [scrolled, setScrolled] = useState(0);
  const [active, setActive] = useState(0);
  const queue = useMemo(() => new ThumbnailQueue(async (name) => shrink(await thumbnail(name))), [thumbnail]);
  useLayoutEffect(() => {
    const measure = () => {
      // The width without the padding, as the cells have it.
      setSize({ width: list.current!.firstElementChild!.clientWidth, height: list.current!.clientHeight });
    };
    const watch = new ResizeObserver(measure);
    watch.observe(list.current!);
    measure();
    return () => watch.disconnect();
  }, []);
  const view = gridView({ count: names.length, ...size, scrolled, cell: CELL });
  const pressed = (event: KeyboardEvent) => {
    const at = Math.min(active, names.length - 1);
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onChoose(names[at]!);
      return;
    }
    const to = cellAfter(event.key, at, names.length, view.columns, Math.floor(size.height / CELL.height));
    if (to === undefined) return;
    event.preventDefault();
    setActive(to);
    const top = Math.floor(to / view.columns) * CELL.height;
    const into = Math.min(top, Math.max(list.current!.scrollTop, top + CELL.height - size.height));
    list.current!.scrollTop = into;
    setScrolled(into);
  };
  return (
    <div
      ref={list}
      id={id}
      class="image-list"
      role="listbox"
      tabIndex={0}
      aria-label={`${label}, ${grouped(names.length)} in all`}
      aria-activedescendant={active < view.to && active >= view.from ? `${id}-${active}` : undefined}
      onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollTop)}
      onKeyDown={pressed}
    >
      <div class="image-list-all" role="presentation" style={{ height: `${view.height}px` }}>
        <div class="image-list-seen" role="presentation" style={{ transform: `translateY(${view.top}px)` }}>
          {names.slice(view.from, view.to).map((name, k) => (
            <Cell
              key={name}
              id={`${id}-${view.from + k}`}
              name={name}
              place={[view.from + k + 1, names.length]}
              active={view.from + k === active}
              chosen={name === chosen}
              queue={queue}
              onChoose={() => {
                setActive(view.from + k);
                onChoose(name);
              }}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface CellProps {
  readonly id: string;
  readonly name: string;
  readonly place: readonly [number: number, of: number];
  readonly active: boolean;
  readonly chosen: boolean;
  readonly queue: ThumbnailQueue<ImageBitmap>;
  readonly onChoose: () => void;
}

function Cell({ id, name, place, active, chosen, queue, onChoose }: CellProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [state, setState] = useState<'waiting' | 'there' | 'unreadable'>('waiting');
  useEffect(() => {
    let there = true;
    const draw = (bitmap: ImageBitmap) => {
      if (!there) return;
      Object.assign(canvas.current!, { width: bitmap.width, height: bitmap.height });
      canvas.current!.getContext('2d')!.drawImage(bitmap, 0, 0);
      setState('there');
    };
    queue.ask(name).then(draw, () => there && setState('unreadable'));
    return () => {
      there = false;
      queue.forget(name);
    };
  }, [name, queue]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and takes the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus
    <div
      id={id}
      class={`image-cell${active ? ' active' : ''}`}
      role="option"
      aria-selected={chosen}
      aria-posinset={place[0]}
      aria-setsize={place[1]}
      aria-label={name}
      title={name}
      onClick={onChoose}
    >
      <span class={`image-cell-picture ${state}`}>
        <canvas ref={canvas} width={1} height={1} />
        {state === 'unreadable' && 'cannot be read'}
      </span>
      <span class="image-cell-name">{name}</span>
    </div>
  );
}

/** Brings an image to the size of a thumbnail on dense screens, off the thread of the page. */
function shrink(image: Image<Uint8Array>): Promise<ImageBitmap> {
  const scale = Math.min(1, (2 * SIDE) / Math.max(image.width, image.height));
  return createImageBitmap(new ImageData(rgbaOf(image), image.width, image.height), {
    resizeWidth: Math.max(1, Math.round(image.width * scale)),
    resizeHeight: Math.max(1, Math.round(image.height * scale)),
    resizeQuality: 'medium',
  });
}
