/*
 * `peak SECONDS COMMAND…` runs the command and at the end prints its peak memory in KB to standard error.
 * After so many seconds it interrupts the command, as Ctrl-C does, and says so.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;
static volatile sig_atomic_t stopped = 0;

static void interrupt(int signal_number) {
  stopped = signal_number == SIGALRM;
  kill(child, SIGINT);
}

int main(int count, char **words) {
  if (count < 3) return 2;
  child = fork();
  if (child == 0) {
    execvp(words[2], words + 2);
    _exit(127);
  }
  signal(SIGINT, interrupt);
  signal(SIGALRM, interrupt);
  alarm((unsigned)atoi(words[1]));
  int status;
  while (waitpid(child, &status, 0) < 0) {
  }
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  fprintf(stderr, "\npeak memory %ld KB%s\n", usage.ru_maxrss, stopped ? ", stopped" : "");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
