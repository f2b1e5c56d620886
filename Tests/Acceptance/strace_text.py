"""Reads what `strace -f -v -e trace=sendmmsg` prints, as far as records show the same."""

import ipaddress
import re

import kernel_model

TOKEN = re.compile(r"""\s*(?:
    (?P<comment>/\*.*?\*/) |
    (?P<string>@?"(?:[^"\\]|\\.)*"(?:\.\.\.)?) |
    (?P<dots>\.\.\.) |
    (?P<word>[-A-Za-z0-9_|&*+<>~^.:]+(?:<<[0-9]+)?) |
    (?P<mark>[][{}()=,?!])
)""", re.X | re.S)


class Struct(dict):
    """Fields by name; those without one under `positional`."""

    def __init__(self):
        super().__init__()
        self.positional = []


class Call(tuple):
    """NAME(ARGUMENT, …) as strace writes conversions: htons(53), inet_addr("…")."""


class Reader:
    def __init__(self, text):
        self.tokens = []
        position = 0
        while position < len(text):
            match = TOKEN.match(text, position)
            if not match:
                if not text[position:].strip():
                    break
                raise ValueError(f"strace's text: {text[position:position + 60]!r}")
            position = match.end()
            if match.lastgroup != "comment":
                self.tokens.append((match.lastgroup, match[match.lastgroup]))
        self.at = 0

    def peek(self):
        return self.tokens[self.at][1] if self.at < len(self.tokens) else None

    def take(self, wanted=None):
        kind, text = self.tokens[self.at]
        if wanted is not None and text != wanted:
            raise ValueError(f"strace's text: wanted {wanted!r}, got {text!r} in {self.tokens[self.at - 3:self.at + 3]}")
        self.at += 1
        return kind, text

    def value(self):
        kind, text = self.take()
        if text == "[":
            return self.items("]")
        if text == "{":
            fields = Struct()
            while self.peek() != "}":
                if self.peek() == ",":
                    self.take()
                    continue
                if self.at + 1 < len(self.tokens) and self.tokens[self.at + 1][1] == "=":
                    name = self.take()[1]
                    self.take("=")
                    fields[name] = self.value()
                else:
                    fields.positional.append(self.value())
            self.take("}")
            return fields
        if kind == "word" and self.peek() == "(":
            self.take()
            return Call((text, *self.items(")")))
        return text

    def items(self, end):
        found = []
        while self.peek() != end:
            if self.peek() == ",":
                self.take()
            else:
                found.append(self.value())
        self.take(end)
        return found


LINE = re.compile(r"^(?:\d+\s+)?sendmmsg\((.*)\)\s+= (-?\d+|\?)(?: ([A-Z0-9]+) \(.*\))?(?: \(Timeout.*\))?$", re.S)


def calls(text):
    """Each call as (arguments, return, errno name)."""
    found = []
    for line in text.split("\n"):
        if "sendmmsg(" not in line or line.startswith("strace:"):
            continue
        match = LINE.match(line)
        if not match:
            raise ValueError(f"strace's text: {line[:200]!r}")
        reader = Reader(match[1])
        arguments = []
        while reader.peek() is not None:
            if reader.peek() == ",":
                reader.take()
            else:
                arguments.append(reader.value())
        found.append((arguments, int(match[2]), match[3]))
    return found


def number(text):
    return int(text, 0)


def flags_value(text):
    by_name = {name: bit for bit, name in kernel_model.FLAGS}
    # Names that this strace has for the same bits.
    by_name.update({"MSG_TRYHARD": 0x4, "MSG_PROXY": 0x10, "MSG_EOF": 0x200, "MSG_NO_SHARED_FRAGS": 0x80000})
    value = 0
    for part in text.split("|"):
        if part:
            value |= by_name[part] if part in by_name else int(part, 0)
    return value


def plain_string(text):
    """A string that strace printed whole and that has no escapes, or None."""
    if text.endswith("...") or "\\" in text:
        return None
    return text.lstrip("@").strip('"')


def compare_address(differences, where, name, length, got):
    family = name.get("sa_family")
    if not isinstance(got, dict) or family is None:
        differences.equal(where, "an address" if family else None, got)
        return
    if family.startswith("AF_"):
        differences.equal(f"{where}.family", family, got["family"])
    for value in (*name.values(), *name.positional):
        if isinstance(value, Call) and value[0] in ("inet_addr", "inet_pton"):
            theirs = next(part for part in value[1:] if part.startswith('"')).strip('"')
            differences.equal(f"{where}.address", ipaddress.ip_address(theirs), ipaddress.ip_address(got["address"]))
    scope = name.get("sin6_scope_id")
    # Of a shorter address the kernel takes no scope; strace shows what part of it there is.
    if isinstance(scope, str) and scope.isdigit() and length >= 28:
        differences.equal(f"{where}.scope_id", int(scope), got["scope_id"])


def compare(differences, call, record):
    """Compares one call; says whether strace showed the array's structure."""
    (fd, array, vlen, flags), result, error = call
    same = differences.equal
    same("fd", number(fd), record["fd"])
    same("vlen", number(vlen), record["vlen"])
    same("flags", flags_value(flags), record["flags"]["value"])
    same("return", result, record["return"])
    theirs = "EOPNOTSUPP" if error == "ENOTSUP" else error
    same("errno", theirs, record["errno"])
    if not isinstance(array, list):
        return False
    shown = [entry for entry in array if isinstance(entry, Struct)]
    for index, (entry, message) in enumerate(zip(shown, record["messages"])):
        where = f"messages[{index}]"
        header = entry.get("msg_hdr")
        if not isinstance(header, Struct):
            continue
        if index < result:
            same(f"{where}.msg_len", number(entry["msg_len"]), message["msg_len"])
        if isinstance(header.get("msg_namelen"), str):
            # strace prints the length unsigned.
            same(f"{where}.namelen", number(header["msg_namelen"]) & 0xFFFFFFFF, message["namelen"] & 0xFFFFFFFF)
        if isinstance(header.get("msg_name"), Struct) and message["name"] is not None:
            compare_address(differences, f"{where}.name", header["msg_name"], message["namelen"],
                            message["name"])
        if isinstance(header.get("msg_iovlen"), str):
            same(f"{where}.iovlen", number(header["msg_iovlen"]), message["iovlen"])
        if isinstance(header.get("msg_controllen"), str):
            same(f"{where}.controllen", number(header["msg_controllen"]), message["controllen"])
        pieces = header.get("msg_iov")
        if isinstance(pieces, list) and message["iov"] is not None and all(isinstance(p, Struct) for p in pieces) \
                and len(pieces) == message["iovlen"]:
            same(f"{where} iovec lengths", [number(piece["iov_len"]) for piece in pieces],
                 [piece["length"] for piece in message["iov"]])
        if isinstance(header.get("msg_flags"), str):
            same(f"{where}.flags", flags_value(header["msg_flags"]), message["flags"]["value"])
        control = header.get("msg_control")
        if isinstance(control, list) and message["control"] is not None:
            lengths = [number(item["cmsg_len"]) for item in control if isinstance(item, Struct) and "cmsg_len" in item]
            # strace goes on where the kernel refuses a header, so only sound ones are compared.
            sound = [item["length"] for item in message["control"] if item["status"] != "rejected"]
            if len(lengths) == len(control) == len(sound) == len(message["control"]):
                same(f"{where} cmsg_len", lengths, sound)
    return bool(shown)
