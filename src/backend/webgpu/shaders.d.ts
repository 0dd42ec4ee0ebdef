/** The shaders, as scripts/build-wgsl.js puts them together: the text of each family, with the parts that it uses. */
export const shaders: Readonly<Record<string, string>>;
