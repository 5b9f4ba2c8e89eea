/* fs, steps by access; made by models.mjs */
bool inode_lock[32]; byte inode[32]; bool block_lock[26]; bool busy[26];
active [6] proctype thread() {
  byte b;
  atomic { !inode_lock[_pid % 32] -> inode_lock[_pid % 32] = 1 };
  atomic { if :: inode[_pid % 32] == 0 -> b = ((_pid % 32) * 2) % 26 :: else -> goto leave fi };
again:
  atomic { !block_lock[b] -> block_lock[b] = 1 };
  atomic { if :: !busy[b] :: else -> goto other fi };
  busy[b] = 1;
  inode[_pid % 32] = b + 1;
  block_lock[b] = 0;
  goto leave;
other:
  atomic { block_lock[b] = 0; b = (b + 1) % 26 };
  goto again;
leave:
  inode_lock[_pid % 32] = 0;
  end: false
}
