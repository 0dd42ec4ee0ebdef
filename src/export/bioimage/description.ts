/**
 * What `rdf.yaml` says of a model: the part of BioImage.IO's description, version 0.5.7, that is written here, and by
 * which a package is read again. https://github.com/bioimage-io/spec-bioimage-io
 */
import type { YamlMap } from '../../formats/yaml.js';

export const FORMAT_VERSION = '0.5.7';

/** A file of the package with its digest. */
export interface FileEntry extends YamlMap {
  readonly source: string;
  readonly sha256: string;
}

/** The sizes of an axis: one, or `min`, `min + step`, `min + 2 * step`, … */
export type InputSize = number | (YamlMap & { readonly min: number; readonly step: number });

/** The size of an axis of another tensor. */
export interface SizeReference extends YamlMap {
  readonly tensor_id: string;
  readonly axis_id: string;
}

/** An axis of a tensor; `halo` is how many pixels at both of its ends are to be cut off, as the border changes them. */
export interface Axis extends YamlMap {
  readonly type: 'batch' | 'channel' | 'space';
  readonly id: string;
  readonly channel_names?: readonly string[];
  readonly size?: InputSize | SizeReference;
  readonly halo?: number;
}

/** A step before or after the network. */
export interface Step extends YamlMap {
  readonly id: string;
  readonly kwargs: YamlMap;
}

export interface TensorEntry extends YamlMap {
  readonly id: string;
  readonly description: string;
  readonly axes: readonly Axis[];
  readonly test_tensor: FileEntry;
  readonly sample_tensor: FileEntry;
  /** The type of the numbers, by NumPy's name. */
  readonly data: YamlMap & { readonly type: string };
}

export interface Author extends YamlMap {
  readonly name: string;
  readonly affiliation?: string;
}

export interface ModelDescription extends YamlMap {
  readonly format_version: typeof FORMAT_VERSION;
  readonly type: 'model';
  readonly name: string;
  readonly description: string;
  readonly authors: readonly Author[];
  readonly cite: readonly YamlMap[];
  /** An SPDX identifier. */
  readonly license?: string;
  readonly tags: readonly string[];
  readonly documentation: string;
  readonly covers: readonly string[];
  readonly inputs: readonly (TensorEntry & { readonly preprocessing: readonly Step[] })[];
  readonly outputs: readonly (TensorEntry & { readonly postprocessing: readonly Step[] })[];
  readonly weights: YamlMap & { readonly onnx: FileEntry & { readonly opset_version: number } };
  readonly config: YamlMap;
}
