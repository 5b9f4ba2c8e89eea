/* ticket, steps by access; made by models.mjs */
byte tickets = 3; byte sold;
active [6] proctype buyer() {
  byte seen;
  
  seen = tickets;
  skip;
  if :: seen > 0 :: else -> goto leave fi;
  tickets = seen - 1;
  sold++;
leave:
  end: false
}
