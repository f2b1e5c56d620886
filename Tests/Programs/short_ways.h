/*
 * Networks and senders of short_ways.c and short_ends.c, in which every row has a network of its own.
 */
#include "short_rows.h"

/* ---- networks ---- */

/* d0 leads nowhere: nobody answers there, and what is sent to the neighbours that it knows is lost. */
static void dead_end(const char *more) {
  char command[1500];
  snprintf(command, sizeof command,
           "ip link add d0 type veth peer name d1 && ip link set d0 up && ip link set d1 up"
           " && ip address add 10.9.0.1/24 dev d0 && ip address add fd09::1/64 dev d0 nodad"
           " && ip neighbour add 10.9.0.3 lladdr 02:00:00:00:00:03 dev d0"
           " && ip neighbour add fd09::3 lladdr 02:00:00:00:00:03 dev d0 && %s", more);
  own_network(command);
}

/* ---- senders ---- */

static int sender(int family) { return call.fd = keep(socket(family, SOCK_DGRAM, 0)); }
static int sender4(const char *address, int port) { return sender(AF_INET), to4(address, port), call.fd; }
static int sender6(const char *address, int port) { return sender(AF_INET6), to6(address, port), call.fd; }
static int connected4(const char *address) { return sender4(address, 9), connect_it(call.fd), call.fd; }
static int connected6(const char *address) { return sender6(address, 9), connect_it(call.fd), call.fd; }
static void bound4(const char *address) {
  struct sockaddr_in it = in4(address, 0);
  bound(call.fd, &it, sizeof it);
}
static void bound6(const char *address) {
  struct sockaddr_in6 it = in6(address, 0);
  bound(call.fd, &it, sizeof it);
}
static void frames(const char *interface) {
  struct sockaddr_ll it = {.sll_family = AF_PACKET, .sll_protocol = htons(0x0800), .sll_halen = 6};
  it.sll_ifindex = if_nametoindex(interface), memset(it.sll_addr, 2, 6);
  call.fd = keep(socket(AF_PACKET, SOCK_DGRAM, 0)), send_to(&it, sizeof it);
}
static void bound_to(const char *interface) {
  need(setsockopt(call.fd, SOL_SOCKET, SO_BINDTODEVICE, interface, strlen(interface)) == 0, "SO_BINDTODEVICE");
}
