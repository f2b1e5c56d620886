/*
 * Bytes meant for a terminal: escape sequences, control characters, bidi overrides, broken UTF-8,
 * line ends and quotes, in the payload, in the names of AF_UNIX sockets and in the thread's name.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *const nasty[] = {
    "\033]0;owned\007title", "\033[2J\033[31mred", "line\r\noverwritten\x1b[A", "\xe2\x80\xae" "evol",
    "\xe2\x81\xa6isolate\xe2\x81\xa9", "\xc2\x9b" "31m C1", "\x9b" "31m raw C1", "\xff\xfe\xc0\x80",
    "quote\" back\\slash", "\x7f\x08\x08\x08 deleted", "tab\tand\nnewline", "\xed\xa0\x80 surrogate",
    "\xe2\x80\xa8 line separator \xe2\x80\xa9", "\xef\xbb\xbf bom \xe2\x80\x8f mark", "\x1b",
    "} = 3 <0.1>\n[pid 1] sendmmsg(3, forged) = 1"};

int main(void) {
  int sender = socket(AF_UNIX, SOCK_DGRAM, 0), pair[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return 2;
  enum { count = sizeof nasty / sizeof *nasty };
  for (int i = 0; i < count; i++) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    struct iovec piece = {(char *)nasty[i], strlen(nasty[i])};
    struct mmsghdr one = {.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1}};
    prctl(PR_SET_NAME, nasty[i]);
    printf("pair %d\n", sendmmsg(pair[0], &one, 1, MSG_DONTWAIT));
    /* An abstract name, bound by us so that the send succeeds, then a path that is not there. */
    strcpy(to.sun_path + 1, nasty[i]);
    socklen_t length = 3 + strlen(nasty[i]);
    int receiver = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (bind(receiver, (struct sockaddr *)&to, length) < 0) perror("bind");
    one.msg_hdr.msg_name = &to, one.msg_hdr.msg_namelen = length;
    one.msg_hdr.msg_control = (void *)nasty[i], one.msg_hdr.msg_controllen = 0;
    printf("abstract %d\n", sendmmsg(sender, &one, 1, MSG_DONTWAIT));
    strcpy(to.sun_path, nasty[i]);
    printf("path %d\n", sendmmsg(sender, &one, 1, MSG_DONTWAIT));
    close(receiver);
  }
  return 0;
}
