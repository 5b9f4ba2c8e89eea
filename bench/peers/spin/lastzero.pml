/* lastzero, steps by access; made by models.mjs */
byte array[7];
active proctype finder() {
  byte k = 6;
again:
  atomic { if :: array[k] != 0 -> k-- :: else -> goto found fi };
  goto again;
found:
  end: false
}
active [6] proctype writer() {
  byte seen;
  seen = array[_pid - 1];
  array[_pid] = seen + 1;
  end: false
}
