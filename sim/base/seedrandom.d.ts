declare module "seedrandom/lib/alea.js" {
  /** Baagøe's Alea generator: uniform in [0, 1), from additions and multiplications that IEEE 754 fixes. */
  export default function alea(seed: string): () => number;
}
