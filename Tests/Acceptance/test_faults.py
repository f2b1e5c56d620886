"""Memory that cannot be read costs the part that lies there, and nothing else."""

import json
import unittest

import support

FIRST_PORT = 20000
KEPT = 64
PARTS = ("name", "iov", "control")


def expected(index, entry):
    """What the record is to say of a message, by what the program found of its memory."""
    if entry["entry_fault"]:
        return {"fault": entry["entry_fault"], "name": None, "iov": None, "bytes": None,
                "payload": None, "payload_fault": None, "control": None}
    faults = {part: entry[f"{part}_fault"] for part in PARTS}
    readable = faults["iov"] is None
    return {
        "fault": next((faults[part] for part in PARTS if faults[part]), None),
        "name": None if faults["name"] or not entry["has_name"] else ("AF_INET", "127.0.0.1", FIRST_PORT + index),
        "iov": True if readable else None,
        "bytes": True if readable else None,
        "payload": entry["payload"] if readable else None,
        "payload_fault": entry["payload_fault"] if readable else None,
        "control": None if faults["control"] else [("UDP_SEGMENT", 18, (1000 + index).to_bytes(2, "little").hex())],
    }


def shown(message):
    """The same of a record; presence alone where the program said no value."""
    name, control = message["name"], message["control"]
    data = support.payload(message)
    return {
        "fault": message["fault"],
        "name": name and (name["family"], name["address"], name["port"]),
        "iov": None if message["iov"] is None else True,
        "bytes": None if message["bytes"] is None else True,
        "payload": None if data is None else data.decode(),
        "payload_fault": message["payload"] and message["payload"]["fault"],
        "control": control and [(one["type"], one["length"], one["raw"]) for one in control],
    }


def unreadable(entry, message, record):
    """What is wrong with what the record says of the parts that cannot be read."""
    parts = message["unreadable"] or []
    if entry["entry_fault"]:
        wanted = [("header", entry["entry_fault"])]
    else:
        wanted = [(part, entry[f"{part}_fault"]) for part in PARTS if entry[f"{part}_fault"]]
    if [(part["part"], part["at"]) for part in parts] != wanted:
        yield f"unreadable: wanted {wanted}, got {parts}"
    starts = {"name": message["name_at"], "iov": message["iov_at"], "control": message["control_at"]}
    for place, part in enumerate(parts):
        start = starts.get(part["part"])
        if start and int(start, 16) + part["available"] != int(part["at"], 16):
            yield f"{part} does not begin at {start}"
        if part["available"] * 2 != len(part["read"]) or part["available"] >= part["wanted"]:
            yield f"{part}: how much is there?"
        if part["effect"].startswith("EFAULT: ") != (place == 0):
            yield f"{part}: the first one decides"
    # What the kernel itself answered.
    if parts and message["index"] == 0 and record["errno"] != "EFAULT":
        yield f"{parts[0]['effect']}, but the call returned {record['errno']}"


class Faults(support.TracingTest):
    def compare(self, *arguments):
        trace = self.trace([support.PROGRAMS / "faulty_memory", *arguments], ["-s", KEPT])
        self.assertEqual(trace.status, 0, trace.err)
        asked = [json.loads(line) for line in trace.out.splitlines()]
        self.assertEqual(len(trace.calls), len(asked))
        wrong, faults, good = [], 0, 0
        for call, record in zip(asked, trace.calls):
            where = f"{call['title']} at {call['msgvec']}"
            if (record["return"], len(record["messages"])) != (call["return"], len(call["entries"])):
                wrong.append(f"{where}: returned {record['return']}, {len(record['messages'])} messages, "
                             f"wanted {call['return']}, {len(call['entries'])}")
                continue
            for index, (entry, message) in enumerate(zip(call["entries"], record["messages"])):
                wanted, got = expected(index, entry), shown(message)
                wrong += [f"{where}: message {index}: {text}" for text in unreadable(entry, message, record)]
                faulty = wanted["fault"] or wanted["payload_fault"]
                faults, good = faults + bool(faulty), good + (not faulty)
                wrong += [f"{where}: message {index}: {key}: wanted {wanted[key]!r}, got {got[key]!r}"
                          for key in wanted if wanted[key] != got[key]]
            wrong += [f"{where}: {note['text']}" for note in record["notes"] if note["code"] == "capture_budget"]
        self.say(f"{len(asked)} calls, {faults} messages with a fault, {good} without, {len(wrong)} differences")
        self.assertEqual(wrong[:20], [], f"{len(wrong)} differences")
        # Else the program tests nothing.
        self.assertGreater(faults, 350)
        self.assertGreater(good, 700)

    def test_unmapped_pages(self):
        self.compare("unmapped")

    def test_protected_pages(self):
        self.compare("none")

    def test_the_comparison_can_fail(self):
        part = {"entry_fault": None, "has_name": True, "name_fault": "0x1000", "iov_fault": None, "control_fault": None,
                "payload": "text", "payload_fault": "0x2000"}
        name = {"family": "AF_INET", "address": "127.0.0.1", "port": FIRST_PORT}
        value = {"type": "UDP_SEGMENT", "length": 18, "raw": "e803"}
        good = {"fault": "0x1000", "name": None, "iov": [], "bytes": 4, "control": [value],
                "payload": {"captured": 4, "encoding": "utf-8", "data": "text", "fault": "0x2000"}}
        self.assertEqual(expected(0, part), shown(good))
        for spoilt in ({"fault": "0x1001"}, {"fault": None}, {"name": name}, {"iov": None}, {"bytes": None},
                       {"control": None}, {"control": []}, {"payload": {**good["payload"], "fault": None}},
                       {"payload": {**good["payload"], "captured": 3, "data": "tex"}}):
            self.assertNotEqual(expected(0, part), shown({**good, **spoilt}), spoilt)


if __name__ == "__main__":
    unittest.main(verbosity=2)
