/**
 * `npm run check:bioimage -- SCHEMA PACKAGE…`: checks packages of `unetpp export --format bioimage` by BioImage.IO's
 * JSON schema, whose file is given (`bioimageio_schema_v0.json` of the specification, https://github.com/bioimage-io/
 * spec-bioimage-io), and by the rules that it does not hold. Each line says that a package is valid, or what is not.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readPackage } from '../dist/src/export/bioimage/check.js';

/** The part of the schema that describes models of this version; the whole takes minutes to compile. */
const MODEL = 'bioimageio__spec__model__v0_5__ModelDescr';

const [schemaFile, ...packages] = process.argv.slice(2);
if (packages.length === 0) {
  console.error('npm run check:bioimage -- SCHEMA PACKAGE…');
  process.exit(2);
}
const validate = validatorOf(JSON.parse(readFileSync(schemaFile, 'utf8')));
for (const path of packages) {
  const faults = await faultsOf(path);
  console.log(faults.length === 0 ? `${path}: valid` : faults.map((fault) => `${path}: ${fault}`).join('\n'));
  if (faults.length > 0) process.exitCode = 1;
}

function validatorOf(schema) {
  // Formats of the schema that are no standard, such as file-path, are not checked.
  const ajv = new Ajv({ strict: false, logger: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ ...schema, $id: 'bioimage.json' });
  return ajv.compile({ $ref: `bioimage.json#/$defs/${MODEL}` });
}

async function faultsOf(path) {
  try {
    const { description } = await readPackage(new Uint8Array(readFileSync(path)), path);
    if (validate(description)) return [];
    return validate.errors.map(({ instancePath, message }) => `rdf.yaml${instancePath} ${message}`);
  } catch (error) {
    return [error.message.replace(`${path}: `, '')];
  }
}
