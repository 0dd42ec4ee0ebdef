/** What was made here, to be kept: the model in three forms, and the masks of the images. */
import type { Progress as Work } from '../../../src/app/observer.js';
import { plural } from '../../../src/base/quantities.js';
import type { ExportedFile, ExportedMasks, ModelView } from '../../engine/protocol.js';
import { Empty, Section } from '../ui/index.js';
import { fileSize } from '../words.js';
import { ExportCard } from './export-card.js';
import { type ModelExport, modelExports, savedFile } from './kinds.js';

export interface TakeHomeProps {
  /** null while no model is open. */
  readonly model: ModelView | null;
  /** How many images have been opened, whose masks can be saved. */
  readonly images: number;
  /** Both throw with a line of what went wrong, which is shown. */
  readonly onExportModel: (format: ModelExport['format']) => Promise<readonly ExportedFile[]>;
  readonly onExportMasks: (onProgress: (progress: Work) => void) => Promise<ExportedMasks>;
}

export function TakeHomePanel({ model, images, onExportModel, onExportMasks }: TakeHomeProps) {
  return (
    <Section id="take-home" step={7} title="Take home" lead="Files are made here and saved on this computer.">
      {model ? (
        <ul class="exports" key={model.weightsSha256}>
          {modelExports.map(({ format, title, use, how }) => (
            <ExportCard
              key={format}
              id={`export-${format}`}
              title={title}
              use={use}
              size={format === 'edge' ? null : `about ${fileSize(model.outputs.at(-1)?.bytes ?? 0)}`}
              how={how}
              make={async () => ({ files: (await onExportModel(format)).map(savedFile), refused: [] })}
            />
          ))}
          <ExportCard
            id="export-masks"
            title="Masks and objects"
            use="The mask of each open image as PNG, and a table of their objects: area, place and mean probability."
            size={images === 0 ? 'no image is open' : `of ${plural(images, 'image')}`}
            how={null}
            disabled={images === 0}
            make={async (onProgress) => {
              const { files, refused } = await onExportMasks(onProgress);
              return { files: files.map(savedFile), refused };
            }}
          />
        </ul>
      ) : (
        <Empty>No model is open yet: train one, or open one of the samples.</Empty>
      )}
    </Section>
  );
}
