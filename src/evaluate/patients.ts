/** Scores by patient: one with many images does not count for more than another. */
import type { ImageRecords } from '../data/record.js';
import { type MeanScores, meanScores } from './metrics.js';

/** The mean over the patients of the means over their images. */
export interface PatientScores extends MeanScores {
  readonly count: number;
  /** The means over the images of each patient, in the order in which the patients first occur. */
  readonly perPatient: readonly (MeanScores & { readonly patient: string; readonly images: number })[];
}

/** Returns the scores by patient; nothing unless the patient of every image is known. */
export function patientScores(
  perImage: readonly (MeanScores & { readonly image: string })[],
  records: ImageRecords,
): { readonly patients?: PatientScores } {
  const groups = new Map<string, MeanScores[]>();
  for (const scores of perImage) {
    const patient = records.get(scores.image)?.patient;
    if (patient === undefined) return {};
    const group = groups.get(patient);
    if (group) group.push(scores);
    else groups.set(patient, [scores]);
  }
  const perPatient = [...groups].map(([patient, scores]) => {
    return { patient, images: scores.length, ...meanScores(scores) };
  });
  return { patients: { count: perPatient.length, ...meanScores(perPatient), perPatient } };
}
