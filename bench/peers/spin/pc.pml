/* pc p=3 c=2 i=4 k=4, steps by access; made by models.mjs */
chan buffer = [4] of { byte };
active [3] proctype producer() {
  byte n;
  more: atomic { nfull(buffer); buffer!_pid + 1; n++; if :: n < 4 -> goto more :: else fi };
  end: false
}
active [2] proctype consumer() {
  byte n, item;
  more: atomic { buffer?item; n++; if :: n < 6 -> goto more :: else fi };
  end: false
}
