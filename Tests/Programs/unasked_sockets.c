/*
 * Sends on sockets that a tracer cannot ask itself: on an AF_UNIX connection whose peer was not accepted
 * yet, was, and has closed; what was left of a call on one that was not accepted is sent behind that. Then
 * datagrams of UDP that are too long.
 *
 *     unasked_sockets NAME     NAME is that of the abstract AF_UNIX socket to listen at
 *
 * Prints what getpeername(2) says before each call, without the NUL, and the result.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { most = 64, large = 8000 };
static char bytes[70000];

static void need(int worked, const char *what) {
  if (!worked) perror(what), exit(3);
}

/* Messages from `first` on, each unlike the others; of `size` bytes, but for the one at `odd`. */
static int send_from(int fd, int first, int count, size_t size, int odd, size_t odd_size) {
  static char payload[most][large];
  struct mmsghdr batch[most];
  struct iovec pieces[most];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < count; i++) {
    int number = first + i;
    snprintf(payload[number], large, "message %d of this connection", number);
    pieces[i] = number == odd ? (struct iovec){bytes, odd_size} : (struct iovec){payload[number], size};
    batch[i].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
  }
  struct sockaddr_storage peer;
  socklen_t length = sizeof peer;
  int is_connected = getpeername(fd, (struct sockaddr *)&peer, &length) == 0;
  int result = sendmmsg(fd, batch, count, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (is_connected && peer.ss_family == AF_UNIX)
    printf("%.*s %d\n", (int)length - 3, (char *)&peer + 3, result);
  else
    printf("- %d\n", result);
  return result;
}

static void streams(const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
  socklen_t length = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0), sender = socket(AF_UNIX, SOCK_STREAM, 0);
  need(bind(listener, (void *)&address, length) == 0 && listen(listener, 1) == 0, "listen");
  need(connect(sender, (void *)&address, length) == 0, "connect");
  int sent = send_from(sender, 0, most, large, -1, 0);
  need(sent > 0 && sent < most, "a call that falls short");
  int receiver = accept(listener, NULL, NULL);
  need(receiver >= 0, "accept");
  while (recv(receiver, bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
  for (int more = 1; sent < most && more > 0;) {
    more = send_from(sender, sent, most - sent, large, -1, 0);
    if (more > 0) sent += more;
    while (recv(receiver, bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
  }
  need(sent == most, "the rest");
  close(receiver);
  send_from(sender, 0, 2, 20, -1, 0);
  close(sender), close(listener);
}

static void datagrams(size_t size) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
  need(bind(receiver, (void *)&address, length) == 0, "bind");
  need(getsockname(receiver, (void *)&address, &length) == 0, "getsockname");
  need(connect(sender, (void *)&address, length) == 0, "connect");
  send_from(sender, 0, 3, 20, 1, size);
  close(sender), close(receiver);
}

int main(int count, char **arguments) {
  if (count != 2) return 64;
  setvbuf(stdout, NULL, _IOLBF, 0);
  streams(arguments[1]);
  datagrams(65508), datagrams(65520);
  return 0;
}
