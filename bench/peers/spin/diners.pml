/* diners n=8, steps by access; made by models.mjs */
bool fork[8];
active [8] proctype philosopher() {
  do ::
  atomic { !fork[_pid] -> fork[_pid] = 1 };
  atomic { !fork[((_pid + 1) % 8)] -> fork[((_pid + 1) % 8)] = 1 };
  fork[((_pid + 1) % 8)] = 0;
  fork[_pid] = 0
  od
}
