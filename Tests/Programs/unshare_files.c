/*
 * A thread with a table of descriptors of its own (unshare(CLONE_FILES)).
 *
 * In the thread, descriptor 50 is one end of a UDP socket; in the leader, 50 is an AF_UNIX one. Each
 * makes one call on its 50 and prints family and inode of it: "leader 1 INODE", "thread 2 INODE".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void call(const char *who) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                           .sin_port = htons(9)};
  struct iovec piece = {(char *)who, 6};
  struct mmsghdr one = {.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1}};
  int family;
  socklen_t size = sizeof family;
  struct stat status;
  getsockopt(50, SOL_SOCKET, SO_DOMAIN, &family, &size);
  if (family == AF_INET) one.msg_hdr.msg_name = &to, one.msg_hdr.msg_namelen = sizeof to;
  int result = sendmmsg(50, &one, 1, 0);
  fstat(50, &status);
  printf("%s %d %llu %d\n", who, family, (unsigned long long)status.st_ino, result);
}

static void *thread(void *unused) {
  if (unshare(CLONE_FILES) < 0) return perror("unshare"), unused;
  dup2(socket(AF_INET, SOCK_DGRAM, 0), 50);
  call("thread");
  return unused;
}

int main(void) {
  int pair[2];
  pthread_t other;
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  dup2(pair[0], 50);
  call("leader");
  pthread_create(&other, NULL, thread, NULL);
  pthread_join(other, NULL);
  call("leader");
  return 0;
}
