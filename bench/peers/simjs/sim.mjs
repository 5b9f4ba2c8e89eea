/** Loads SIM.JS. Its npm package is a browser bundle that leaves its names on `window` and exports none. */
globalThis.window = {};
await import("simjs");

/** @type {any} */
export const Sim = globalThis.window.Sim;
