/**
 * What the machine does to lists and maps, as macros of the model (SPIN's inlines take no arrays): `a_` is the array, `s_`
 * where the container begins in it. `h_0`, `j_`, `k_` and `v_` are scratch.
 */

function macro(head: string, ...lines: readonly string[]): string {
  return [`#define ${head}`, ...lines].join(" \\\n  ");
}

/** A list is its length and then its items; cells behind the end hold 0. */
export const LIST_MACROS: readonly string[] = [
  "/* Lists: the length, then the items; unused cells hold 0. */",
  macro("list_append(a_, s_, item_)", "v_ = (item_); a_[s_ + 1 + a_[s_]] = v_; a_[s_] = a_[s_] + 1"),
  macro(
    "list_insert(a_, s_, at_, item_)",
    "v_ = (item_); k_ = (at_); j_ = a_[s_];",
    "if :: k_ < 0 -> k_ = k_ + j_ :: else fi;",
    "k_ = (k_ < 0 -> 0 : (k_ > j_ -> j_ : k_));",
    "do :: j_ > k_ -> a_[s_ + 1 + j_] = a_[s_ + j_]; j_-- :: else -> break od;",
    "a_[s_ + 1 + k_] = v_; a_[s_] = a_[s_] + 1",
  ),
  macro(
    "list_erase(a_, s_, at_)",
    "j_ = (at_);",
    "do :: j_ + 1 < a_[s_] -> a_[s_ + 1 + j_] = a_[s_ + 2 + j_]; j_++ :: else -> break od;",
    "a_[s_ + 1 + j_] = 0; a_[s_] = a_[s_] - 1",
  ),
  macro(
    "list_clear(a_, s_)",
    "j_ = 0;",
    "do :: j_ < a_[s_] -> a_[s_ + 1 + j_] = 0; j_++ :: else -> break od;",
    "a_[s_] = 0",
  ),
  macro(
    "list_find(a_, s_, item_)",
    "v_ = (item_); k_ = 0;",
    "do :: k_ < a_[s_] && a_[s_ + 1 + k_] != v_ -> k_++ :: else -> break od",
  ),
];

/** A map is its size and then key, value pairs in the order in which the keys came. */
export const MAP_MACROS: readonly string[] = [
  "/* Maps: the size, then keys and values in turn; unused cells hold 0. */",
  macro(
    "map_find(a_, s_, item_)",
    "v_ = (item_); k_ = 0;",
    "do :: k_ < a_[s_] && a_[s_ + 1 + 2 * k_] != v_ -> k_++ :: else -> break od",
  ),
  macro(
    "map_put(a_, s_, key_, item_)",
    "j_ = (item_); map_find(a_, s_, key_);",
    "if :: k_ == a_[s_] -> a_[s_ + 1 + 2 * k_] = v_; a_[s_] = a_[s_] + 1 :: else fi;",
    "a_[s_ + 2 + 2 * k_] = j_",
  ),
  macro(
    "map_erase(a_, s_, at_)",
    "j_ = (at_);",
    "do :: j_ + 1 < a_[s_] -> a_[s_ + 1 + 2 * j_] = a_[s_ + 3 + 2 * j_]; a_[s_ + 2 + 2 * j_] = a_[s_ + 4 + 2 * j_]; j_++ :: else -> break od;",
    "a_[s_ + 1 + 2 * j_] = 0; a_[s_ + 2 + 2 * j_] = 0; a_[s_] = a_[s_] - 1",
  ),
  macro(
    "map_clear(a_, s_)",
    "j_ = 0;",
    "do :: j_ < 2 * a_[s_] -> a_[s_ + 1 + j_] = 0; j_++ :: else -> break od;",
    "a_[s_] = 0",
  ),
];
