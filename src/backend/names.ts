/** The backends by name, and how many threads compute. */

export const backends = ['wasm', 'webgpu', 'reference'] as const;
export type BackendName = (typeof backends)[number];

/** How many threads compute together; 'auto' is one for each core that the process may use. */
export type Threads = number | 'auto';
