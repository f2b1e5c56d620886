"""A name server for the tests: answers A and AAAA for one name, on 127.0.0.1:53.

    python3 dns_responder.py QUERIES FILE

prints "ready", answers that many queries over UDP, and writes one line "ID TYPE NAME" for each to FILE.
"""

import socket
import struct
import sys


def name_of(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    return ".".join(labels), at + 1


def answer(query):
    name, end = name_of(query)
    kind = struct.unpack_from(">H", query, end)[0]
    data = {1: bytes([127, 0, 0, 77]), 28: bytes(15) + b"\x01"}.get(kind)
    header = query[:2] + struct.pack(">HHHHH", 0x8580, 1, 1 if data else 0, 0, 0)
    record = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data if data else b""
    return kind, name, header + query[12:end + 4] + record


def main():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    server.settimeout(20)
    print("ready", flush=True)
    with open(sys.argv[2], "w") as log:
        for _ in range(int(sys.argv[1])):
            query, sender = server.recvfrom(512)
            kind, name, reply = answer(query)
            print(query[:2].hex(), kind, name, file=log, flush=True)
            server.sendto(reply, sender)


main()
