/** What panels are made of. None of it knows of networks or of the engine. */
export { Button, type ButtonKind, type ButtonProps, CopyButton, FileButton, type FileButtonProps } from './button.js';
export { Details } from './details.js';
export {
  CheckField,
  type Choice,
  type ControlProps,
  Field,
  type FieldProps,
  SelectField,
  Slider,
  TextField,
} from './field.js';
export { ClassLegend, ComparisonLegend, Legend } from './legend.js';
export { ErrorLine, Notice, Progress, Status } from './messages.js';
export { Figure, Picture, rgbaOf } from './picture.js';
export { Empty, Section, type SectionProps } from './section.js';
export { Segmented } from './segmented.js';
export { type Column, type Fact, Facts, Table } from './table.js';
