/* indexer, steps by access; made by models.mjs */
byte table[128];
active [5] proctype thread() {
  byte m = 1;
  byte w = 11 + _pid;
  byte h = ((11 + _pid) * 7) % 128;
again:
  atomic {
    if
    :: table[h] == 0 -> table[h] = w; m++; if :: m <= 4 -> w = m * 11 + _pid; h = (w * 7) % 128; goto again :: else fi
    :: else -> h = (h + 1) % 128; goto again
    fi
  };
  end: false
}
