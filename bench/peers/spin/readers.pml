/* readers, steps by access; made by models.mjs */
byte x;
active proctype writer() { x = 1; end: false }
active [8] proctype reader() { byte seen; seen = x; end: false }
