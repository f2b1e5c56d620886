"""What a record must show, given what a program asked for and what the kernel answered.

The left side is what Tests/Programs/random_calls.c writes; the rules are those of the system call
(the order and the limits by which the kernel reads a `struct mmsghdr`), written down a second time,
independently of the tracer.
"""

import errno
import ipaddress
import socket
import struct

MAXIMUM_ENTRIES = 1024
MAXIMUM_IOVECS = 1024
MAXIMUM_BYTES = 0x7FFFF000
TASK_SIZE = 0x7FFFFFFFF000
KEPT = 32

FLAGS = [
    (0x1, "MSG_OOB"), (0x2, "MSG_PEEK"), (0x4, "MSG_DONTROUTE"), (0x8, "MSG_CTRUNC"),
    (0x10, "MSG_PROBE"), (0x20, "MSG_TRUNC"), (0x40, "MSG_DONTWAIT"), (0x80, "MSG_EOR"),
    (0x100, "MSG_WAITALL"), (0x200, "MSG_FIN"), (0x400, "MSG_SYN"), (0x800, "MSG_CONFIRM"),
    (0x1000, "MSG_RST"), (0x2000, "MSG_ERRQUEUE"), (0x4000, "MSG_NOSIGNAL"), (0x8000, "MSG_MORE"),
    (0x10000, "MSG_WAITFORONE"), (0x20000, "MSG_SENDPAGE_NOTLAST"), (0x40000, "MSG_BATCH"),
    (0x80000, "MSG_NO_SHARED_FRAGS"), (0x100000, "MSG_SENDPAGE_DECRYPTED"),
    (0x2000000, "MSG_SOCK_DEVMEM"), (0x4000000, "MSG_ZEROCOPY"), (0x8000000, "MSG_SPLICE_PAGES"),
    (0x20000000, "MSG_FASTOPEN"), (0x40000000, "MSG_CMSG_CLOEXEC"), (0x80000000, "MSG_CMSG_COMPAT"),
]
FAMILIES = {0: "AF_UNSPEC", 1: "AF_UNIX", 2: "AF_INET", 10: "AF_INET6", 16: "AF_NETLINK"}
TYPES = {1: "SOCK_STREAM", 2: "SOCK_DGRAM", 3: "SOCK_RAW", 5: "SOCK_SEQPACKET"}
CONTROL_NAMES = {
    (1, 1): ("SOL_SOCKET", "SCM_RIGHTS"), (1, 2): ("SOL_SOCKET", "SCM_CREDENTIALS"),
    (1, 36): ("SOL_SOCKET", "SO_MARK"), (1, 61): ("SOL_SOCKET", "SCM_TXTIME"),
    (1, 12): ("SOL_SOCKET", "SO_PRIORITY"), (0, 1): ("SOL_IP", "IP_TOS"),
    (0, 2): ("SOL_IP", "IP_TTL"), (0, 8): ("SOL_IP", "IP_PKTINFO"),
    (41, 67): ("SOL_IPV6", "IPV6_TCLASS"), (17, 103): ("SOL_UDP", "UDP_SEGMENT"),
}
# Code points that turn or hide text on a terminal.
BIDI = {0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def errno_name(number):
    return {11: "EAGAIN", 35: "EDEADLK", 95: "EOPNOTSUPP"}.get(number) or errno.errorcode.get(number, str(number))


def flag_names(value):
    names = [name for bit, name in FLAGS if value & bit]
    rest = value & ~sum(bit for bit, _ in FLAGS)
    return names + ([f"0x{rest:x}"] if rest else [])


def shown_as_text(data):
    """Whether bytes stand in the record as text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(ord(c) < 0x20 and c not in "\t\n\r" or 0x7F <= ord(c) <= 0x9F or ord(c) in BIDI for c in text)


class Differences(list):
    """Collects what is not as it must be, each with the place where."""

    def __init__(self):
        self.compared = 0

    def equal(self, where, wanted, got):
        self.among(where, (wanted,), got)

    def among(self, where, allowed, got):
        """For the few things that more than one reading of the schema allows."""
        self.compared += 1
        if not any(type(got) is type(value) and got == value for value in allowed):
            self.append(f"{where}: wanted {' or '.join(map(repr, allowed))}, got {got!r}")


def compare_name(differences, where, data, got, socket=None):
    """A socket address of the record against its bytes; UDP over IPv4 reads AF_UNSPEC as AF_INET."""
    whole = data.hex()
    if not isinstance(got, dict):
        differences.append(f"{where}: wanted an address of bytes {whole}, got {got!r}")
        return
    same = differences.equal
    family = struct.unpack_from("<H", data)[0] if len(data) >= 2 else None
    written = family
    if family == 0 and socket and (socket["family"], socket["type"]) == ("AF_INET", "SOCK_DGRAM"):
        family = 2
    if family is None:
        same(f"{where}.family", None, got["family"])
        same(f"{where}.raw", whole, got["raw"])
    elif family in (2, 10) and len(data) >= (16 if family == 2 else 24):
        same(f"{where}.family", FAMILIES[written], got["family"])
        same(f"{where}.port", struct.unpack_from(">H", data, 2)[0], got["port"])
        address = ipaddress.ip_address(data[4:8] if family == 2 else data[8:24])
        same(f"{where}.address", address, ipaddress.ip_address(got["address"]))
        if family == 2 or address.ipv4_mapped is None:
            same(f"{where}.address (its spelling)", str(address), got["address"])
        if family == 10:
            same(f"{where}.flowinfo", struct.unpack_from(">I", data, 4)[0], got["flowinfo"])
            if len(data) >= 28:
                same(f"{where}.scope_id", struct.unpack_from("<I", data, 24)[0], got["scope_id"])
        exact = len(data) == (16 if family == 2 else 28)
        differences.among(f"{where}.raw", (None,) if exact else (None, whole), got["raw"])
    elif family == 1:
        same(f"{where}.family", "AF_UNIX", got["family"])
        rest = data[2:]
        abstract = rest[:1] == b"\0"
        text = rest[1:] if abstract else rest.partition(b"\0")[0]
        if abstract:
            wanted = "@" + text.decode("utf-8", "replace")
            same(f"{where}.path", None, got["path"])
            same(f"{where}.abstract", wanted, got["abstract"])
        else:
            # Nothing behind the family is no name; more than sun_path holds is none either.
            wanted = text.decode("utf-8", "replace") if rest else None
            differences.among(f"{where}.path", (wanted,) if len(rest) <= 108 else
                              (wanted, rest[:108].partition(b"\0")[0].decode("utf-8", "replace"), None), got["path"])
            same(f"{where}.abstract", None, got["abstract"])
        broken = wanted is not None and "\ufffd" in wanted
        said = not rest or (text + b"\0" if abstract else text)
        whole_said = not rest or abstract or len(text) + 1 >= len(rest)
        differences.among(f"{where}.raw", (whole,) if broken else (None,) if whole_said and len(rest) <= 108 and said
                          else (None, whole), got["raw"])
    else:
        same(f"{where}.family", FAMILIES.get(written, got["family"]), got["family"])
        if family > 50:
            same(f"{where}.family", str(family), got["family"])
        differences.among(f"{where}.raw", (whole,) if family not in (16,) else (None, whole), got["raw"])


def control_walk(data, wide):
    """The control messages as the kernel's own walk finds them: (level, type, length, data, sound).

    The second value tells whether bytes follow that the 32-bit walk takes for a broken header.
    """
    header, alignment = (16, 8) if wide else (12, 4)
    found, offset = [], 0
    while len(data) - offset >= header:
        if wide:
            length, level, kind = struct.unpack_from("<Qii", data, offset)
        else:
            length, level, kind = struct.unpack_from("<Iii", data, offset)
        if length < header or length > len(data) - offset:
            found.append((level, kind, length, None, False))
            return found, False
        found.append((level, kind, length, data[offset + header:offset + length], True))
        offset += length + -length % alignment
    # What is left is no header: the native walk ends here, the 32-bit one refuses it.
    return found, not wide and offset < len(data)


def compat_control(entry):
    """What a 32-bit call's control block comes to: (the bytes to walk, the fault).

    The native walk copies the whole block first. The 32-bit one takes NULL for a list without a
    header and refuses that; of any other block it reads header by header and what each header
    says, so neither what follows a refused header nor the padding behind the last is ever read.
    """
    if int(entry["control_at"], 16) == 0:
        return b"", None
    there, fault, length = bytes.fromhex(entry["control"]), entry["control_fault"], entry["controllen"]
    if fault is None or length < 12:
        return there, fault
    offset = 0
    while offset + 1 <= length:
        if offset + 4 > len(there):
            return None, fault
        size = struct.unpack_from("<I", there, offset)[0]
        if offset + 12 > length or size < 12 or size > length - offset:
            return there if offset + 12 <= len(there) else there[:offset], None
        if offset + size > len(there):
            return None, fault
        offset += size + -size % 4
    return there, None


def compare_control(differences, where, data, wide, got):
    wanted, trailing = control_walk(data, wide)
    if trailing and isinstance(got, list) and len(got) == len(wanted) + 1:
        differences.equal(f"{where} (what is no whole header).status", "rejected", got[-1]["status"])
        got = got[:-1]
    if not isinstance(got, list) or len(got) != len(wanted):
        differences.append(f"{where}: wanted {wanted!r}, got {got!r}")
        return
    for index, ((level, kind, length, bytes_, sound), item) in enumerate(zip(wanted, got)):
        place = f"{where}[{index}]"
        differences.equal(f"{place}.length", length, item["length"])
        names = CONTROL_NAMES.get((level, kind))
        if names:
            differences.equal(f"{place} level and type", names, (item["level"], item["type"]))
        elif not (level in (0, 1, 6, 17, 41, 58, 132, 136) or 100 <= level <= 110 or 255 <= level <= 290):
            differences.equal(f"{place} level and type", (str(level), str(kind)), (item["level"], item["type"]))
        elif item["type"].lstrip("-").isdigit():
            differences.equal(f"{place}.type", str(kind), item["type"])
        # Names are compared only where the levels are known to this model.
        if sound:
            differences.equal(f"{place}.raw", bytes_.hex(), item["raw"])
        else:
            # Unknown where the socket is; beside the point behind one that is refused already.
            refused = any(other["status"] == "rejected" for other in got[:index])
            differences.among(f"{place}.status", ("rejected", None, *["ignored"] * refused), item["status"])


def compare_payload(differences, where, entry, total, got):
    data, fault = bytes.fromhex(entry["payload"]), entry["payload_fault"]
    differences.equal(f"{where}.captured", len(data), got["captured"])
    differences.equal(f"{where}.fault", fault, got["fault"])
    if shown_as_text(data):
        wanted = ("utf-8", data.decode())
    else:
        import base64

        wanted = ("base64", base64.b64encode(data).decode())
    differences.equal(f"{where} encoding and data", wanted, (got["encoding"], got["data"]))
    if fault is None:
        differences.equal(f"{where}.truncated", total > KEPT, got["truncated"])


def total_bytes(entry, wide, shown):
    """What the kernel would take of a message, or None: refused or unreadable.

    Addresses between the end of this kernel's user space and that of the largest one may be called
    refused or not; there, what is `shown` decides.
    """
    if entry["iovlen"] > MAXIMUM_IOVECS or entry["iov_fault"] is not None:
        return None
    total, unsure = 0, False
    for base, length in entry["iov"]:
        if length > (0x7FFFFFFFFFFFFFFF if wide else 0x7FFFFFFF):
            return None
        reach = int(base, 16) + (min(length, MAXIMUM_BYTES) if entry["iovlen"] == 1 else length)
        if wide and reach >= 1 << 63:
            return None
        unsure = unsure or wide and reach > TASK_SIZE
        total = min(total + length, MAXIMUM_BYTES)
    return None if unsure and shown is None else total


def compare_entry(differences, where, entry, wide, got, socket):
    same = differences.equal
    if "entry_fault" in entry:
        same(f"{where}.fault", entry["entry_fault"], got["fault"])
        for key in ("bytes", "msg_len", "name", "name_at", "namelen", "iov_at", "iovlen", "iov",
                    "control_at", "controllen", "control"):
            same(f"{where}.{key}", None, got[key])
        return
    for key in ("name_at", "namelen", "iov_at", "iovlen", "control_at", "controllen", "msg_len"):
        same(f"{where}.{key}", entry[key], got[key])
    same(f"{where}.flags", (entry["flags"], flag_names(entry["flags"])),
         (got["flags"]["value"], got["flags"]["names"]))

    if "name" not in entry or entry["name_fault"] is not None:
        same(f"{where}.name", None, got["name"])
    else:
        compare_name(differences, f"{where}.name", bytes.fromhex(entry["name"]), got["name"], socket)

    total = total_bytes(entry, wide, got["bytes"])
    same(f"{where}.bytes", total, got["bytes"])
    if entry["iovlen"] > MAXIMUM_IOVECS or entry["iov_fault"] is not None:
        same(f"{where}.iov", None, got["iov"])
    else:
        wanted = [{"base": base, "length": length} for base, length in entry["iov"]]
        differences.among(f"{where}.iov", (wanted,) if total is not None else (wanted, None), got["iov"])
    if total is not None:
        compare_payload(differences, f"{where}.payload", entry, total, got["payload"])

    control_fault = None
    if entry["controllen"] == 0:
        same(f"{where}.control", [], got["control"])
    elif "control" not in entry:
        same(f"{where}.control", None, got["control"])
    else:
        data, control_fault = ((bytes.fromhex(entry["control"]), entry["control_fault"]) if wide
                               else compat_control(entry))
        if control_fault is not None:
            same(f"{where}.control", None, got["control"])
        else:
            compare_control(differences, f"{where}.control", data, wide, got["control"])
    faults = [entry.get("name_fault"), entry.get("iov_fault"), control_fault]
    same(f"{where}.fault", next((fault for fault in faults if fault), None), got["fault"])


def compare_socket(differences, wanted, got):
    if wanted is None or got is None:
        differences.equal("socket", wanted, got)
        return
    differences.equal("socket.family", FAMILIES[wanted["family"]], got["family"])
    differences.equal("socket.type", TYPES[wanted["type"]], got["type"])
    if wanted["family"] in (socket.AF_INET, socket.AF_INET6):
        differences.equal("socket.protocol", "UDP", got["protocol"])
    differences.equal("socket.inode", wanted["inode"], got["inode"])
    differences.equal("socket.nonblocking", wanted["nonblocking"], got["nonblocking"])
    compare_name(differences, "socket.local", bytes.fromhex(wanted["local"]), got["local"])
    if wanted["peer"] is None:
        differences.equal("socket.peer", None, got["peer"])
    else:
        compare_name(differences, "socket.peer", bytes.fromhex(wanted["peer"]), got["peer"])


def compare_verdict(differences, call, wide, got):
    """Outcome, states and counts; causes as far as the answer of the kernel alone decides them."""
    verdict, messages = got["verdict"], got["messages"]
    result, entries = call["return"], call["entries"]
    count = min(call["vlen"], MAXIMUM_ENTRIES)
    same = differences.equal
    totals = [None if "entry_fault" in entry else total_bytes(entry, wide, message["bytes"])
              for entry, message in zip(entries, messages)]
    sent = max(result, 0)
    same("verdict.asked", call["vlen"], verdict["asked"])
    same("verdict.sent", sent, verdict["sent"])
    same("verdict.bytes_asked", sum(total or 0 for total in totals), verdict["bytes_asked"])
    same("verdict.bytes_sent", sum(entry["msg_len"] for entry in entries[:sent]), verdict["bytes_sent"])

    # An entry whose msg_len cannot be written may have gone out uncounted.
    stride, length_at = (64, 56) if wide else (32, 28)
    uncounted = False
    if sent < len(entries) and "entry_fault" not in entries[sent]:
        place = int(call["msgvec"], 16) + sent * stride + length_at
        behind = "entry_fault" in entries[-1] or sent == len(entries) - 1
        sealed = call["sealed"] is not None and place >= int(call["sealed"], 16)
        uncounted = sealed or (behind and place % 4096 == 0)

    def states(head, at):
        return ["sent"] * sent_before + head + ["not_attempted"] * (len(entries) - sent_before - len(head))

    sent_before = sent
    if result < 0:
        same("verdict.outcome", "failed", verdict["outcome"])
        same("verdict.errno", errno_name(call["errno"]), verdict["errno"])
        refused = call["socket"] is None or (wide and call["flags"] & 0x80000000)
        if refused:
            same("verdict cause and at", ("call_error", None), (verdict["cause"], verdict["at"]))
            wanted = [states([], 0)]
        elif uncounted:
            differences.among("verdict.cause", ("error", "uncounted_send"), verdict["cause"])
            wanted = [states(["failed"], 0), states(["uncounted"], 0)]
        else:
            same("verdict cause and at", ("error", 0), (verdict["cause"], verdict["at"]))
            wanted = [states(["failed"], 0)]
        broken = messages and messages[0]["unreadable"]
        if broken and not refused and not broken[0]["effect"].startswith("not looked at"):
            # What is said of the first broken part is what the kernel returned.
            differences.equal("effect of an unreadable part", True, errno_name(call["errno"]) in broken[0]["effect"])
        said = [("certain", "rule") if verdict["cause"] == "uncounted_send" else ("observed", "return_value")]
        if uncounted and errno_name(call["errno"]) == "EFAULT":
            # The kernel returns it of either: of which of the two may be left open.
            said += [("likely", "evidence"), ("possible", "evidence")]
        differences.among("verdict certainty and source", said, (verdict["certainty"], verdict["source"]))
    elif call["vlen"] == 0:
        same("verdict outcome and cause", ("empty", None), (verdict["outcome"], verdict["cause"]))
        wanted = [[]]
    elif entries[sent - 1]["msg_len"] < totals[sent - 1]:
        outcome = ("capped" if sent == MAXIMUM_ENTRIES < call["vlen"] else
                   "short" if sent == call["vlen"] else "partial")
        probed = ("unconsumed_message",) if call["flags"] & 0x10 else ()
        same("verdict.outcome", outcome, verdict["outcome"])
        differences.among("verdict.cause", ("short_message", *probed), verdict["cause"])
        same("verdict.at", sent - 1, verdict["at"])
        sent_before = sent - 1
        wanted = [states(["short"], sent - 1)]
    elif sent == MAXIMUM_ENTRIES < call["vlen"]:
        same("verdict outcome, cause and at", ("capped", "cap", 1024),
             (verdict["outcome"], verdict["cause"], verdict["at"]))
        wanted = [states([], sent)]
    elif sent == count:
        same("verdict outcome and cause", ("complete", None), (verdict["outcome"], verdict["cause"]))
        wanted = [states([], sent)]
    else:
        same("verdict.outcome", "partial", verdict["outcome"])
        wanted = [states(["failed"], sent)]
        causes = ["error"]
        if call["flags"] & 0x10:
            causes.append("unconsumed_message")
            wanted.append(states([], sent))
        if uncounted:
            causes.append("uncounted_send")
            wanted.append(states(["uncounted"], sent))
        differences.among("verdict.cause", causes, verdict["cause"])
        if verdict["cause"] != "unconsumed_message":
            same("verdict.at", sent, verdict["at"])
        # Nothing but the kernel's own word is an observation.
        differences.among("verdict.certainty", ("observed", "certain", "likely", "possible", "unknown"),
                          verdict["certainty"])
    differences.among("states", wanted, [message["state"] for message in messages])


def compare_call(call, got, wide):
    """All differences between what a program did and the record of it."""
    differences = Differences()
    same = differences.equal
    same("abi", "x86_64" if wide else "i386", got["abi"])
    for key in ("syscall", "fd", "vlen", "msgvec", "return"):
        same(key, call[key], got[key])
    same("errno", errno_name(call["errno"]) if call["errno"] else None, got["errno"])
    same("flags", (call["flags"], flag_names(call["flags"])), (got["flags"]["value"], got["flags"]["names"]))
    compare_socket(differences, call["socket"], got["socket"])
    waits_not = call["flags"] & socket.MSG_DONTWAIT != 0 or (call["socket"] and call["socket"]["nonblocking"])
    same("effective_dontwait", waits_not, got["effective_dontwait"])
    same("messages, how many", len(call["entries"]), len(got["messages"]))
    for index, (entry, message) in enumerate(zip(call["entries"], got["messages"])):
        same("index", index, message["index"])
        compare_entry(differences, f"messages[{index}]", entry, wide, message, got["socket"])
    if len(call["entries"]) == len(got["messages"]):
        compare_verdict(differences, call, wide, got)
    return differences
