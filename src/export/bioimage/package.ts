/** A BioImage.IO package: a zip archive of a model's description and of the files that it names. */
import { InputError } from '../../base/errors.js';
import { sha256 } from '../../base/sha256.js';
import { type FileKind, SOFTWARE } from '../../formats/file-kind.js';
import { encodeNpy } from '../../formats/npy.js';
import { encodePng } from '../../formats/png/encode.js';
import { encodeTiff } from '../../formats/tiff/write.js';
import { writeYaml } from '../../formats/yaml.js';
import { writeZip } from '../../formats/zip.js';
import type { Image, ImageData } from '../../image/image.js';
import { toPlanes } from '../../image/pack.js';
import { postprocess } from '../../image/postprocessing.js';
import { type Prediction, toMask } from '../../infer/prediction.js';
import type { Model } from '../../model/model.js';
import { maskRuleOf } from '../../model/postprocessing.js';
import { extent } from '../../report/pixels.js';
import { coverPicture } from './cover.js';
import { type About, chosenThreshold, describe } from './describe.js';
import type { FileEntry } from './description.js';
import { inputType } from './processing.js';
import { readmeText } from './readme.js';
import type { PackageSizes } from './sizes.js';

export interface PackageOptions {
  /** The model file, for the name of the package and for errors. */
  readonly file: string;
  readonly about: About;
  readonly sizes: PackageSizes;
  /** The image of the test tensors, as it is stored, at a size that the package takes. */
  readonly image: Image;
  /** What the model says of it. */
  readonly prediction: Prediction;
}

export const DESCRIPTION = 'rdf.yaml';
/** The first line of the description, by which a package is known as ours. */
const MARK = `# A model of ${SOFTWARE} for BioImage.IO; what is changed here is read by all of its programs.\n`;

/** The packages that `bioimagePackage` makes: archives whose first file is a description with its mark. */
export const BIOIMAGE_PACKAGE: FileKind = {
  name: 'a BioImage.IO package',
  begins: (head) => head.startsWith('PK\x03\x04') && head.indexOf(DESCRIPTION + MARK) === ZIP_HEADER,
};
/** The bytes before the name of a file in an archive. */
const ZIP_HEADER = 30;

/** What readers of packages refuse test tensors below, as nothing can be compared. */
const SMALLEST = 1e-4;

/**
 * Makes a package of a model whose answer is 'accurate'.
 * @param weights the ONNX file, whose input and output have the names of `describe`
 * @throws InputError where the model finds nothing in the image, so that there is nothing to test by
 */
export async function bioimagePackage(model: Model, weights: Uint8Array, options: PackageOptions): Promise<Uint8Array> {
  const { image, prediction } = options;
  const { normalisation } = model.card.preprocessing;
  const { classes, probs, ...size } = prediction;
  const rule = maskRuleOf(model, 'accurate');
  const threshold = chosenThreshold(model);
  const mask = toMask(prediction, rule.threshold);
  const output: Image = threshold === undefined ? { ...size, channels: classes, data: probs } : mask;
  requireSomething(output, options.file, threshold);

  const asFloats = inputType(normalisation, image.data) === 'float32';
  const input = asFloats ? { ...image, data: new Float32Array(image.data) } : image;
  const files = new Map<string, Uint8Array>();
  const add = async (source: string, content: Uint8Array): Promise<FileEntry> => {
    files.set(source, content);
    return { source, sha256: await sha256(content) };
  };
  const description = describe(model, options, {
    weights: await add('weights.onnx', weights),
    testInput: await add('test_input.npy', tensor(input)),
    testOutput: await add('test_output.npy', tensor(output)),
    sampleInput: await add('sample_input.tif', sample(image)),
    sampleOutput: await add('sample_output.tif', sample(output)),
  });
  await add('cover.png', encodePng(coverPicture(image, postprocess(mask, rule.postprocessing ?? {}))));
  const readme = readmeText(model, description, { ...rule, isMask: threshold !== undefined });
  await add('README.md', new TextEncoder().encode(`${readme}\n`));
  const text = new TextEncoder().encode(MARK + writeYaml(description));
  return writeZip([[DESCRIPTION, text], ...files]);
}

function requireSomething({ data }: Image, file: string, threshold: number | undefined): void {
  if (extent(data)[1] >= SMALLEST) return;
  const nothing = threshold === undefined ? `no probability is above ${SMALLEST}` : `nothing is above ${threshold}`;
  const why = 'which leaves nothing to compare';
  throw new InputError(`${file}: ${nothing} in the test image, ${why}; give an image of what it finds by --image`);
}

/** [batch,channel,y,x] of one image. */
function tensor(image: Image): Uint8Array {
  const { width, height, channels } = image;
  return encodeNpy([1, channels, height, width], toPlanes<ImageData>(image));
}

/** A TIFF, which holds numbers of any type: colours as one page, else a page for each channel. */
function sample(image: Image): Uint8Array {
  const isColour = image.channels === 3 && !(image.data instanceof Float32Array);
  const pages = Array.from({ length: image.channels }, (_, channel) => ({ image, channel }));
  return encodeTiff(isColour ? [image] : pages, {}, 'sample.tif');
}
