/** `--set name=value`: puts another start value or count into the tree before it is checked. */
import { Decimal } from "../base/decimal.ts";
import type { Problems } from "./problem.ts";
import { didYouMean, listAll } from "./suggest.ts";
import type { Entry, MapNode, Node, Text } from "./tree.ts";

/** The tree with the settings put in; what fits nothing is reported as `unknown-set`. */
export function applySettings(
  problems: Problems,
  root: MapNode,
  settings: readonly { readonly name: string; readonly value: string }[],
): MapNode {
  let tree = root;
  for (const setting of settings) tree = applyOne(problems, tree, setting.name.trim(), setting.value);
  return tree;
}

function applyOne(problems: Problems, root: MapNode, name: string, value: string): MapNode {
  for (const section of ["shared", "atomics"]) {
    const map = child(root, section);
    const old = map === null ? undefined : map.entries.find((entry) => entry.key === name);
    if (map === null || old === undefined) continue;
    const node = valueNode(value, old.value);
    if (node.type !== old.value.type) {
      problems.error(
        "wrong-type",
        old.value.span,
        `--set ${name}=${value}: the value does not have the form that the file has`,
        "give a value like the one in the file",
      );
      return root;
    }
    return replace(root, section, replace(map, name, node));
  }
  const changed = setCount(root, "processes", name.replace(/\.count$/, ""), value);
  if (changed !== null) return changed;
  const names = [...childNames(root, "shared"), ...childNames(root, "atomics"), ...childNames(root, "processes")];
  const at = root.entries[0]?.keyNode.span ?? root.span;
  problems.error(
    "unknown-set",
    at,
    `--set ${name}=${value}: there is no shared variable or process '${name}'`,
    didYouMean(name, names, names.length === 0 ? null : `there are ${listAll(names)}`),
  );
  return root;
}

/** Sets the count of the process (or, inside processes, the thread or coroutine) of that name; null if there is none. */
function setCount(root: MapNode, section: string, name: string, value: string): MapNode | null {
  const map = child(root, section);
  if (map === null) return null;
  const own = map.entries.find((entry) => entry.key === name);
  if (own !== undefined && own.value.type === "map") {
    const process = own.value;
    const old = process.entries.find((entry) => entry.key === "count");
    const node = valueNode(value, old?.value ?? own.keyNode);
    const entries: readonly Entry[] =
      old === undefined
        ? [{ key: "count", keyNode: own.keyNode, value: node }, ...process.entries]
        : replace(process, "count", node).entries;
    return replace(root, section, replace(map, name, { ...process, entries }));
  }
  for (const entry of map.entries) {
    if (entry.value.type !== "map" || section !== "processes") continue;
    for (const inner of ["threads", "coroutines"]) {
      const changed = setCount(
        entry.value,
        inner,
        name.startsWith(`${entry.key}.`) ? name.slice(entry.key.length + 1) : name,
        value,
      );
      if (changed !== null) return replace(root, section, replace(map, entry.key, changed));
    }
  }
  return null;
}

function child(map: MapNode, key: string): MapNode | null {
  const node = map.entries.find((entry) => entry.key === key)?.value;
  return node?.type === "map" ? node : null;
}

function childNames(map: MapNode, key: string): string[] {
  return child(map, key)?.entries.map((entry) => entry.key) ?? [];
}

function replace(map: MapNode, key: string, value: Node): MapNode {
  return { ...map, entries: map.entries.map((entry) => (entry.key === key ? { ...entry, value } : entry)) };
}

/** The text of the command line as the file would have it, standing where the old value stood. */
function valueNode(text: string, old: Node): Node {
  const span = old.span;
  const scalar = (written: string): Node => {
    const trimmed = written.trim();
    const quoted = /^(["'])(.*)\1$/s.exec(trimmed)?.[2];
    const place: Text = {
      value: quoted ?? trimmed,
      at: (index) => Math.min(span.end, span.start + (index > 0 ? span.end - span.start : 0)),
    };
    const decimal = quoted === undefined ? Decimal.parse(trimmed) : null;
    const words = new Map<string, boolean | null>([
      ["true", true],
      ["false", false],
      ["null", null],
    ]);
    const word = quoted === undefined ? words.get(trimmed) : undefined;
    const value =
      decimal !== null
        ? decimal.scale === 0
          ? decimal.digits
          : decimal
        : word !== undefined
          ? word
          : (quoted ?? trimmed);
    return { type: "scalar", span, value, plain: quoted === undefined, text: place };
  };
  const list = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1];
  if (list === undefined) return scalar(text);
  const items = list.trim() === "" ? [] : list.split(",").map(scalar);
  return { type: "sequence", span, items };
}
