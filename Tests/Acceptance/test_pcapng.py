"""pcapng outputs, read back by tshark and compared with the records of the same run."""

import json
import struct
import unittest

import support

FIELDS = ["frame.number", "frame.interface_name", "frame.time_epoch", "frame.len", "frame.cap_len", "frame.comment",
          "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "ipv6.tclass", "udp.srcport", "udp.dstport",
          "udp.checksum.status", "ip.checksum.status", "tcp.checksum.status", "tcp.seq", "tcp.len", "data.data",
          "dns.qry.name", "exported_pdu.prot_name", "tcp.payload"]
CHECKED = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"]
GOOD = "1"


class Pcapng(support.TracingTest):
    def packets(self, path, *options):
        """The packets of a file by tshark's fields; a file that it complains of has failed."""
        done = support.run(["tshark", "-n", "-r", path, *CHECKED, *options, "-T", "fields", "-E", "separator=/t",
                            *[word for field in FIELDS for word in ("-e", field)]])
        self.assertEqual(done.status, 0, done.err)
        self.assertNotIn(b"damaged", done.err)
        return [dict(zip(FIELDS, line.split("\t"))) for line in done.out.decode().splitlines()]

    def recorded(self, *options, command=None):
        """A run of the program, as packets and as records, and what it says of itself."""
        capture = self.folder / "trace.pcapng"
        trace = self.trace(command or [support.PROGRAMS / "packets"], ["-o", capture, *options])
        self.assertEqual(trace.status, 0, trace.err)
        return capture, trace

    def titled(self, trace, packets):
        """The packets of each call, by the program's title for it."""
        found = {}
        for number, line in enumerate(trace.out.decode().splitlines(), 1):
            title = line.split()[0]
            found.setdefault(title, []).extend(
                packet for packet in packets if f", call {number}, " in packet["frame.comment"])
        return found

    def test_each_field(self):
        capture, trace = self.recorded()
        self.assertEqual(capture.stat().st_mode & 0o777, 0o600)
        packets = self.packets(capture)
        by_title = self.titled(trace, packets)
        self.assertEqual({title: len(found) for title, found in by_title.items()},
                         {"dns": 1, "unsent": 1, "udp6": 1, "gso": 4, "tcp": 3, "unix": 1})
        self.assertEqual(len(packets), 11)

        ports = {line.split()[0]: line.split()[1] for line in trace.out.decode().splitlines()}
        dns, = by_title["dns"]
        self.assertEqual(dns["frame.protocols"], "raw:ip:udp:dns")
        self.assertEqual(dns["dns.qry.name"], "packets.example")
        self.assertEqual((dns["ip.dst"], dns["udp.srcport"], dns["udp.dstport"]), ("127.0.0.1", ports["dns"], "53"))
        call = trace.calls[0]
        self.assertEqual(dns["frame.interface_name"], f"packets[{call['pid']}]")
        self.assertIn(f"packets[{call['pid']}], call 1, message 0 of 1: 33 bytes sent; call complete, 1 of 1 sent",
                      dns["frame.comment"])

        first, = by_title["unsent"]
        self.assertEqual(bytes.fromhex(first["data.data"]), b"first")
        self.assertIn("call partial, 1 of 3 sent: error EMSGSIZE at message 1 (certain): ", first["frame.comment"])

        six, = by_title["udp6"]
        self.assertEqual((six["ipv6.src"], six["ipv6.dst"], six["udp.dstport"]), ("::", "::1", "9"))
        self.assertEqual(int(six["ipv6.tclass"], 0), 0xB9)
        self.assertEqual(bytes.fromhex(six["data.data"]), b"first secon")

        unix, = by_title["unix"]
        self.assertEqual(unix["frame.protocols"], "exported_pdu:data")
        self.assertEqual(bytes.fromhex(unix["data.data"]), b"third")

        for packet in packets:
            for kind in ("ip", "udp", "tcp"):
                self.assertIn(packet[f"{kind}.checksum.status"], ("", GOOD), packet)
        self.say(f"{len(packets)} packets, all checksums right")

    def test_time_is_the_calls_to_the_nanosecond(self):
        capture, trace = self.recorded()
        times = {packet["frame.time_epoch"] for packet in self.packets(capture)}
        stamps = set()
        for call in trace.calls:
            whole, fraction = call["time"].rstrip("Z").split(".")
            import calendar, time
            stamps.add(f"{calendar.timegm(time.strptime(whole, '%Y-%m-%dT%H:%M:%S'))}.{fraction}")
        self.assertEqual(times, stamps)

    def test_segments_are_datagrams(self):
        capture, trace = self.recorded()
        gso = self.titled(trace, self.packets(capture))["gso"]
        self.assertEqual([len(bytes.fromhex(packet["data.data"])) for packet in gso], [1000, 1000, 1000, 500])
        for index, packet in enumerate(gso, 1):
            self.assertIn(f"message 0 of 1, piece {index} of 4: ", packet["frame.comment"])

    def test_a_stream_can_be_followed(self):
        capture, trace = self.recorded()
        tcp = self.titled(trace, self.packets(capture))["tcp"]
        self.assertEqual([(packet["tcp.seq"], packet["tcp.len"]) for packet in tcp], [("1", "6"), ("7", "6"), ("13", "5")])
        done = support.run(["tshark", "-n", "-r", capture, "-q", "-z", "follow,tcp,raw,0"])
        self.assertEqual(done.status, 0, done.err)
        lines = [line.strip() for line in done.out.decode().splitlines()]
        followed = b"".join(bytes.fromhex(line) for line in lines if line and not line.strip("0123456789abcdef"))
        self.assertEqual(followed, b"first secondthird")

    def test_unsent_messages_on_request(self):
        capture, trace = self.recorded("--unsent")
        packets = self.titled(trace, self.packets(capture))["unsent"]
        fates = [packet["frame.comment"].split(": ")[1].split(";")[0] for packet in packets]
        self.assertEqual(fates, ["5 bytes sent", "70000 bytes NOT SENT, failed", "5 bytes NOT SENT, not attempted"])
        # No packet of UDP can hold it.
        self.assertEqual(packets[1]["frame.protocols"], "exported_pdu:data")
        self.assertEqual(packets[2]["udp.dstport"], "9")

    def test_payload_may_be_cut(self):
        capture, trace = self.recorded("-s", "16")
        for packet in self.packets(capture):
            self.assertLessEqual(int(packet["frame.cap_len"]), int(packet["frame.len"]))
        gso = self.titled(trace, self.packets(capture))["gso"]
        self.assertEqual([(packet["frame.len"], packet["frame.cap_len"]) for packet in gso],
                         [("1028", "44"), ("1028", "28"), ("1028", "28"), ("528", "28")])

    def test_blocks(self):
        """The layout, without tshark's patience: each block's two lengths, and nothing behind the last."""
        capture, trace = self.recorded("--unsent")
        data, place, kinds = capture.read_bytes(), 0, []
        while place < len(data):
            kind, length = struct.unpack_from("<II", data, place)
            self.assertEqual(length % 4, 0)
            self.assertEqual(struct.unpack_from("<I", data, place + length - 4)[0], length)
            kinds.append(kind)
            place += length
        self.assertEqual(place, len(data))
        self.assertEqual(kinds[0], 0x0A0D0D0A)
        self.assertEqual((kinds.count(1), kinds.count(6)), (2, 13))

    def test_without_a_call_it_is_a_capture_without_packets(self):
        capture, _ = self.recorded(command=["true"])
        self.assertEqual(self.packets(capture), [])


if __name__ == "__main__":
    unittest.main()
