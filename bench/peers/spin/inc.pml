/* inc, steps by access; made by models.mjs */
byte x; bool gate;
active [4] proctype incrementer() {
  byte k, seen;
again:
  atomic { !gate -> gate = 1 };
  seen = x;
  x = seen + 1;
  atomic { gate = 0; k++; if :: k < 3 -> goto again :: else fi };
  end: false
}
