/*
 * Calls whose parts lie in, before and behind memory that cannot be read, with good ones between.
 *
 * Every part of a message is laid out by hand in a region whose odd pages are holes, so that one
 * read of several parts meets them. For each call a line of JSON says what is where, and from which
 * address on it cannot be read; that is found out by the kernel, which is asked to copy each part
 * into a pipe.
 *
 *   region   page 0 good | 1 hole | 2 good | 3 hole | …      holes are unmapped, or PROT_NONE
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 2200, MOST = 1024, FIRST_PORT = 20000 };

static char *region;
static int channel[2];

static char *page(int number) { return region + (size_t)number * PAGE; }

/* How many bytes from `at` on can be read, up to `size`. */
static size_t readable(const void *at, size_t size) {
  static char drain[65536];
  size_t done = 0;
  while (done < size) {
    /* Within a page, so that no hole is behind what is asked for at once. */
    const char *next = (const char *)at + done;
    size_t step = PAGE - (uintptr_t)next % PAGE;
    if (step > size - done) step = size - done;
    ssize_t wrote = write(channel[1], next, step);
    if (wrote <= 0) break;
    if (read(channel[0], drain, sizeof drain) != wrote) exit(3);
    done += wrote;
  }
  return done;
}

/* Copies what of `data` falls on good pages. */
static void *put(char *at, const void *data, size_t size) {
  for (size_t i = 0; i < size; i++)
    if ((at + i - region) / PAGE % 2 == 0) at[i] = ((const char *)data)[i];
  return at;
}

static void print_fault(const char *key, const void *at, size_t size) {
  size_t good = readable(at, size);
  if (good == size)
    printf(",\"%s\":null", key);
  else
    printf(",\"%s\":\"0x%lx\"", key, (unsigned long)at + good);
}

static void print_payload(const struct msghdr *header) {
  const void *bad = NULL;
  printf(",\"payload\":\"");
  for (size_t i = 0; i < header->msg_iovlen && !bad; i++) {
    const struct iovec *piece = &header->msg_iov[i];
    size_t good = readable(piece->iov_base, piece->iov_len);
    printf("%.*s", (int)good, (const char *)piece->iov_base);
    if (good < piece->iov_len) bad = (const char *)piece->iov_base + good;
  }
  if (bad)
    printf("\",\"payload_fault\":\"%p\"", bad);
  else
    printf("\",\"payload_fault\":null");
}

static void print_entry(const struct mmsghdr *entry) {
  printf("{\"at\":\"0x%lx\"", (unsigned long)entry);
  print_fault("entry_fault", entry, sizeof entry->msg_hdr);
  if (readable(entry, sizeof entry->msg_hdr) == sizeof entry->msg_hdr) {
    const struct msghdr *header = &entry->msg_hdr;
    printf(",\"has_name\":%s", header->msg_name ? "true" : "false");
    print_fault("name_fault", header->msg_name, header->msg_name ? header->msg_namelen : 0);
    print_fault("iov_fault", header->msg_iov, header->msg_iovlen * sizeof(struct iovec));
    print_fault("control_fault", header->msg_control, header->msg_controllen);
    size_t array = header->msg_iovlen * sizeof(struct iovec);
    if (readable(header->msg_iov, array) == array) print_payload(header);
  }
  printf("}");
}

static void call(const char *title, int fd, struct mmsghdr *entries, int count) {
  printf("{\"title\":\"%s\",\"msgvec\":\"0x%lx\",\"vlen\":%d,\"entries\":[", title,
         (unsigned long)entries, count);
  for (int i = 0; i < count; i++) {
    if (i > 0) printf(",");
    print_entry(&entries[i]);
    if (readable(&entries[i], sizeof entries->msg_hdr) < sizeof entries->msg_hdr) break;
  }
  errno = 0;
  int result = sendmmsg(fd, entries, count, MSG_DONTWAIT);
  printf("],\"return\":%d,\"errno\":%d}\n", result, result < 0 ? errno : 0);
}

/* A message each, with all parts in good memory: a test then moves one of them. */
static struct mmsghdr entries[MOST];
static struct iovec pieces[MOST];
static struct sockaddr_in names[MOST];
static char texts[MOST][32];
static union {
  char bytes[CMSG_SPACE(sizeof(uint16_t))];
  struct cmsghdr header;
} controls[MOST];

static void lay_out(int count) {
  memset(entries, 0, sizeof entries);
  for (int i = 0; i < count; i++) {
    struct msghdr *header = &entries[i].msg_hdr;
    names[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(FIRST_PORT + i)};
    names[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    pieces[i].iov_base = texts[i];
    pieces[i].iov_len = snprintf(texts[i], sizeof texts[i], "payload of message %04d", i);
    header->msg_name = &names[i], header->msg_namelen = sizeof names[i];
    header->msg_iov = &pieces[i], header->msg_iovlen = 1;

    struct cmsghdr *control = &controls[i].header;
    control->cmsg_level = SOL_UDP, control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    uint16_t size = 1000 + i;
    memcpy(CMSG_DATA(control), &size, sizeof size);
    header->msg_control = control, header->msg_controllen = sizeof controls[i].bytes;
  }
}

/*
 * Six places for a part of `size` bytes, side by side as far as can be, around the hole of page
 * `hole`: right before it, half in it, in its middle, from its end into good memory, right behind
 * that, and behind the next hole.
 */
enum { PLACES = 6 };
static char *place(int hole, int number, size_t size) {
  switch (number) {
    case 0: return page(hole) - size - size / 2;
    case 1: return page(hole) - size / 2;
    case 2: return page(hole) + PAGE / 2;
    case 3: return page(hole + 1) - size / 2;
    case 4: return page(hole + 1) + size;
    default: return page(hole + 3);
  }
}

static void names_iovecs_controls_payloads(int fd, int hole) {
  lay_out(PLACES);
  for (int i = 0; i < PLACES; i++)
    entries[i].msg_hdr.msg_name = put(place(hole, i, sizeof *names), &names[i], sizeof *names);
  call("names", fd, entries, PLACES);

  lay_out(PLACES);
  for (int i = 0; i < PLACES; i++)
    entries[i].msg_hdr.msg_iov = (void *)put(place(hole, i, sizeof *pieces), &pieces[i], sizeof *pieces);
  call("iovec arrays", fd, entries, PLACES);

  lay_out(PLACES);
  for (int i = 0; i < PLACES; i++)
    entries[i].msg_hdr.msg_control = put(place(hole, i, sizeof *controls), &controls[i], sizeof *controls);
  call("control blocks", fd, entries, PLACES);

  lay_out(PLACES);
  for (int i = 0; i < PLACES; i++)
    pieces[i].iov_base = put(place(hole, i, pieces[i].iov_len), texts[i], pieces[i].iov_len);
  call("payloads", fd, entries, PLACES);

  /* In the other order, so that the parts come with descending addresses. */
  lay_out(PLACES);
  for (int i = 0; i < PLACES; i++)
    pieces[i].iov_base = put(place(hole, PLACES - 1 - i, pieces[i].iov_len), texts[i], pieces[i].iov_len);
  call("payloads, descending", fd, entries, PLACES);

  /* Everything at once: message i has its parts around a hole of their own. */
  lay_out(PLACES);
  for (int i = 0; i < PLACES; i++) {
    struct msghdr *header = &entries[i].msg_hdr;
    pieces[i].iov_base = put(place(hole + 16, (i + 3) % PLACES, pieces[i].iov_len), texts[i], pieces[i].iov_len);
    header->msg_name = put(place(hole, i, sizeof *names), &names[i], sizeof *names);
    header->msg_iov = (void *)put(place(hole + 4, (i + 1) % PLACES, sizeof *pieces), &pieces[i], sizeof *pieces);
    header->msg_control = put(place(hole + 8, (i + 2) % PLACES, sizeof *controls), &controls[i], sizeof *controls);
  }
  call("all parts", fd, entries, PLACES);
}

/* A message of three pieces, the second of which begins before a hole. */
static void pieces_around_a_hole(int fd, int hole) {
  lay_out(3);
  struct iovec three[3] = {
      {put(page(hole) - 12, "first ", 6), 6}, {put(page(hole) - 6, "second", 12), 12},
      {put(page(hole + 1), "third", 5), 5}};
  entries[1].msg_hdr.msg_iov = three, entries[1].msg_hdr.msg_iovlen = 3;
  call("the second piece", fd, entries, 3);
}

/* The array itself runs into a hole: with an entry cut, between two, and behind the last msg_hdr. */
static void arrays(int fd, int hole) {
  lay_out(4);
  size_t size = sizeof *entries;
  char *ends[] = {page(hole) - 2 * size - 8, page(hole) - 2 * size,
                  page(hole) - 4 * size + size - sizeof entries->msg_hdr, page(hole) - size / 2,
                  page(hole), page(hole + 1) - size / 2};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    call("array", fd, (void *)put(ends[i], entries, 4 * size), 4);
}

/*
 * A thousand payloads of two pieces each, all too far apart to be read as one and more than one
 * read takes; every third runs into a hole.
 */
static void many(int fd) {
  static struct iovec halves[MOST][2];
  lay_out(MOST);
  for (int i = 0; i < MOST; i++) {
    size_t size = pieces[i].iov_len / 2, rest = pieces[i].iov_len - size;
    char *second = i % 3 == 1 ? page(2 * i + 1) - rest / 2 : page(2 * i) + PAGE / 2;
    halves[i][0] = (struct iovec){put(page(2 * i), texts[i], size), size};
    halves[i][1] = (struct iovec){put(second, texts[i] + size, rest), rest};
    entries[i].msg_hdr.msg_iov = halves[i], entries[i].msg_hdr.msg_iovlen = 2;
  }
  call("many", fd, entries, MOST);
}

/* Addresses that are often passed by mistake, one after the other: each for itself is a fault. */
static void wrong_addresses(int fd) {
  const uintptr_t wrong[] = {0, 1, 0xffff, 0x00007fffffffffff, 0x8000000000000000,
                             0xffffffffffffff00, 0xfffffffffffffff0};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    void *address = (void *)wrong[i];
    lay_out(4);
    entries[0].msg_hdr.msg_name = address;
    entries[1].msg_hdr.msg_iov = address;
    entries[2].msg_hdr.msg_control = address;
    call("wrong addresses", fd, entries, 4);
    call("wrong array", fd, address, 2);
  }
}

int main(int count, char **arguments) {
  bool unmap = count < 2 || strcmp(arguments[1], "none") != 0;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  region = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (fd < 0 || pipe(channel) < 0 || region == MAP_FAILED) return 2;
  for (int i = 1; i < PAGES; i += 2)
    if (unmap ? munmap(page(i), PAGE) : mprotect(page(i), PAGE, PROT_NONE)) return 2;
  names_iovecs_controls_payloads(fd, 101);
  pieces_around_a_hole(fd, 201);
  arrays(fd, 221);
  many(fd);
  wrong_addresses(fd);
  return 0;
}
