/* staggered, steps by access; made by models.mjs */
byte tickets = 1; byte sold;
active [3] proctype buyer() {
  byte k, seen;
  do
  :: atomic { k < 16 * _pid -> k++ }
  :: atomic { k == 16 * _pid -> seen = tickets; if :: seen > 0 :: else -> goto leave fi }; break
  od;
  
  tickets = seen - 1;
  sold++;
leave:
  end: false
}
