/* Calls that fall short, one after the other, and what each took, the waiting for room between them left out.
 *
 *     short queue|receiver|size|refused|connected CALLS
 *
 * queue: EAGAIN of UDP, behind a slow interface (short.sh makes it). receiver: EAGAIN of AF_UNIX, whose
 * receiver takes 11 of 16. size: EMSGSIZE at the third of 4. refused: ECONNREFUSED with IP_RECVERR;
 * connected: the same of a connected socket.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char bytes[70000];
static struct iovec pieces[16];
static struct mmsghdr entries[16];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  const char *kind = arguments[1];
  int calls = atoi(arguments[2]), on = 1, size = 4608, receiver = -1;
  int is_unix = !strcmp(kind, "receiver"), fills = is_unix || !strcmp(kind, "queue");
  int is_long = !strcmp(kind, "size"), keeps = !strcmp(kind, "refused");
  unsigned messages = fills ? 16 : 4;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
  inet_aton(fills ? "10.9.0.2" : "127.0.0.1", &to.sin_addr);
  int fd = socket(is_unix ? AF_UNIX : AF_INET, SOCK_DGRAM | (fills ? SOCK_NONBLOCK : 0), 0);
  if (is_unix) {
    struct sockaddr_storage name = {.ss_family = AF_UNIX};
    socklen_t length = sizeof name;
    receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (bind(receiver, (struct sockaddr *)&name, sizeof name.ss_family) ||
        getsockname(receiver, (struct sockaddr *)&name, &length) ||
        connect(fd, (struct sockaddr *)&name, length))
      return 3;
  }
  if (keeps) setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  if (fills && !is_unix) setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  if (!strcmp(kind, "connected") && connect(fd, (struct sockaddr *)&to, sizeof to)) return 3;
  for (unsigned i = 0; i < messages; i++) {
    pieces[i] = (struct iovec){bytes, is_long && i == 2 ? 66000 : 100};
    entries[i].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
    if (!is_unix) entries[i].msg_hdr.msg_name = &to, entries[i].msg_hdr.msg_namelen = sizeof to;
  }
  double total = 0;
  int cut = 0;
  for (int made = 0; made < calls;) {
    memcpy(bytes, &made, sizeof made);
    double begin = now();
    int sent = sendmmsg(fd, entries, messages, 0);
    double end = now();
    if (sent > 0) {
      made++, cut += sent < (int)messages, total += end - begin;
    } else if (!fills) {
      /* The error that was not thrown away. */
      made++;
    }
    char other[600];
    while (is_unix && recv(receiver, other, sizeof other, 0) >= 0) {}
    struct msghdr error = {.msg_control = other, .msg_controllen = sizeof other};
    while (keeps && recvmsg(fd, &error, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0) error.msg_controllen = sizeof other;
    if (fills && !is_unix) usleep(2000);
  }
  printf("%d %.2f\n", cut, total / calls);
  return cut * 2 < calls;
}
