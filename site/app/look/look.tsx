/** A first look at what was opened: what each file is, and what is wrong with it. */
import type { Looked } from '../../engine/engine.js';
import { Empty, ErrorLine, Section, Status, Table } from '../ui/index.js';

export interface LookProps {
  readonly looked: readonly Looked[];
}

export function LookPanel({ looked }: LookProps) {
  const images = looked.filter(({ about }) => about !== null);
  const refused = looked.filter(({ error }) => error !== null);
  return (
    <Section id="look" step={2} title="Look" lead="What is in your files, and what would spoil a training.">
      <Status>{looked.length > 0 && `Images: ${images.length}, files refused: ${refused.length}.`}</Status>
      {looked.length === 0 && <Empty>Nothing is opened yet.</Empty>}
      {refused.map(({ path, error }) => (
        <ErrorLine key={path}>{error}</ErrorLine>
      ))}
      {images.length > 0 && (
        <Table
          caption="Images"
          rows={images}
          rowKey={({ path }) => path}
          columns={[
            { title: 'File', cell: ({ path }) => path },
            { title: 'What it is', cell: ({ about }) => about },
          ]}
        />
      )}
    </Section>
  );
}
