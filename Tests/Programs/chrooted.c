/*
 * In a root directory of its own, in which an absolute symbolic link leads to the receiver:
 *
 *     chrooted DIRECTORY     DIRECTORY/run/socket, and DIRECTORY/link -> /run
 *
 * Sends 40 datagrams to /link/socket by one call, twice: as an absolute path, and from /link as
 * ../link/socket. The receiver reads none, so both calls end with EAGAIN. Prints the two results.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { COUNT = 40 };

static int send_to(const char *path) {
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  strncpy(to.sun_path, path, sizeof to.sun_path - 1);
  struct iovec piece = {"in a root", 9};
  struct mmsghdr messages[COUNT];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < COUNT; i++) {
    messages[i].msg_hdr.msg_name = &to;
    messages[i].msg_hdr.msg_namelen = sizeof to;
    messages[i].msg_hdr.msg_iov = &piece;
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int result = sendmmsg(fd, messages, COUNT, 0);
  close(fd);
  return result;
}

int main(int count, char **arguments) {
  if (count != 2 || chdir(arguments[1]) != 0) return 2;
  if (mkdir("run", 0755) != 0 || symlink("/run", "link") != 0) return 3;
  if (chroot(".") != 0) return 4;
  int receiver = socket(AF_UNIX, SOCK_DGRAM, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/socket"};
  if (bind(receiver, (struct sockaddr *)&address, sizeof address) != 0) return 5;
  int absolute = send_to("/link/socket");
  if (chdir("/link") != 0) return 6;
  int relative = send_to("../link/socket");
  printf("%d %d\n", absolute, relative);
}
