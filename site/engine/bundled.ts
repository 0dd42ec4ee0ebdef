/** What comes with the page. The build gives each file its place (site/host/bundle.ts). */

/** The models of the repository, by name. */
export const bundledModels = {
  nuclei: new URL('../../../models/nuclei/model.safetensors', import.meta.url),
  brain: new URL('../../../models/brain/model.safetensors', import.meta.url),
} as const;
