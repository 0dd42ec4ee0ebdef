/** What is in a data set, in the words of `unetpp check`, and its images at a glance. */
import { percent, plural } from '../../../src/base/quantities.js';
import type { CheckSummary } from '../../../src/cli/tables/check-report.js';
import type { Image } from '../../../src/image/image.js';
import { ImageList } from '../open/image-list.js';
import { CopyButton, Details, Empty, Facts, Section, Status, Table } from '../ui/index.js';
import { Lines } from './lines.js';
import { factsOf } from './report-lines.js';

export interface LookProps {
  /** null while no labelled data set is open. */
  readonly data: LabelledData | null;
  /** An image of it with its mask drawn over it, RGB, at any size; another function stands for other images. */
  readonly thumbnail: (name: string) => Promise<Image<Uint8Array>>;
  readonly chosen: string | null;
  readonly onChoose: (name: string) => void;
}

export interface LabelledData {
  readonly name: string;
  /** The names of its images. */
  readonly images: readonly string[];
  readonly check: CheckSummary;
  /** The report of `unetpp check`. */
  readonly lines: string;
}

export function LookPanel({ data, thumbnail, chosen, onChoose }: LookProps) {
  return (
    <Section id="look" step={2} title="Look" lead="What a network would be trained on, before it is.">
      {data ? (
        <Checked {...data} thumbnail={thumbnail} chosen={chosen} onChoose={onChoose} />
      ) : (
        <Empty>Open a folder with images and masks to see what is in it. The phantom needs no look.</Empty>
      )}
    </Section>
  );
}

function Checked(props: LabelledData & Omit<LookProps, 'data'>) {
  const { name, images, check, lines, thumbnail, chosen, onChoose } = props;
  return (
    <>
      <Status id="look-status" tone={check.faults.length > 0 ? 'warn' : 'good'}>
        {verdict(check)}
      </Status>
      <Lines
        id="look-faults"
        title={plural(check.faults.length, 'fault')}
        help="Training refuses these files: mend them, or take them out of the folder, and open it again. They are in none of the figures."
        lines={check.faults}
        tone="bad"
      />
      <Lines
        id="look-remarks"
        title={plural(check.remarks.length, 'remark')}
        help="Worth a second look. Training takes the data as they are."
        lines={check.remarks}
        tone="warn"
      />
      {check.images > 0 && (
        <>
          <div class="look-facts">
            <Facts facts={factsOf(lines)} />
          </div>
          <Table
            id="look-classes"
            caption="Classes"
            rows={check.classes}
            rowKey={(row) => row.name}
            columns={[
              { title: 'Class', cell: (row) => row.name },
              { title: 'Of all pixels', cell: (row) => percent(row.share), numeric: true },
              { title: 'Images that show it', cell: (row) => row.images, numeric: true },
            ]}
          />
          <ImageList
            key={name}
            id="contact"
            label={`Images of ${name} with their masks`}
            names={images}
            chosen={chosen}
            thumbnail={thumbnail}
            onChoose={onChoose}
          />
        </>
      )}
      <Lines
        id="look-skipped"
        title={`${plural(check.skipped.length, 'file')} left out`}
        help="Neither images nor masks."
        lines={check.skipped}
        tone="plain"
      />
      <Details summary="The whole report">
        <pre id="look-report">{lines}</pre>
        <div class="row">
          <CopyButton text={lines} target="look-report">
            Copy the report
          </CopyButton>
        </div>
      </Details>
    </>
  );
}

function verdict({ images, faults, remarks }: CheckSummary): string {
  if (images === 0) return 'No image with a mask can be used.';
  const first = `${plural(images, 'image')} with masks can be trained on`;
  if (faults.length > 0) return `${first}; ${plural(faults.length, 'file')} cannot.`;
  return remarks.length > 0 ? `${first}; ${plural(remarks.length, 'remark')}.` : `${first}; nothing is amiss.`;
}
