"""samples/queries: jq and DuckDB find in a trace what mmsgtrace itself says of it."""

import collections
import json
import re
import sys
import unittest

import support

QUERIES = support.ROOT / "samples/queries"
NAMES = ("batches", "causes", "destinations", "dropped", "findings", "slowest")
RUN_SQL = """
import duckdb, sys
duckdb.sql("set enable_progress_bar = false")
for row in duckdb.sql(open(sys.argv[1]).read()).fetchall(): print(*row, sep="\\t")
"""
UNITS = {"": 1, "k": 1e3, "M": 1e6, "ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9}


def quantity(text):
    """`312k`, `4.09ms`."""
    number, unit = re.fullmatch(r"([\d.]+)(\D*)", text).groups()
    return float(number) * UNITS[unit]


class Queries(support.TracingTest):
    @classmethod
    def programs(cls):
        names = ("handles_count", "ignores_count", "oversize_in_middle", "threads_and_children", "capped_rest",
                 "stream_cut_short", "resends_batch", "not_a_socket")
        return "; ".join(f"{support.SAMPLES}/{name}" for name in names) + f"; {support.PROGRAMS}/packets; true"

    def setUp(self):
        super().setUp()
        self.traced = self.trace(["sh", "-c", self.programs()], validate=False)
        self.file = self.folder / "trace.jsonl"
        next(self.folder.glob("trace-*.jsonl")).rename(self.file)

    def answers(self, name):
        """The rows of a query, the same from jq and DuckDB but for how fractions are written."""
        answers = []
        for command in (["jq", "-rnf", QUERIES / f"{name}.jq", self.file],
                        [sys.executable, "-c", RUN_SQL, QUERIES / f"{name}.sql"]):
            done = support.run(command, cwd=self.folder)
            self.assertEqual((done.status, done.err), (0, b""), command)
            answers.append([[self.plain(word) for word in line.split("\t")] for line in done.out.decode().splitlines()])
        self.assertEqual(*answers)
        self.assertTrue(answers[0])
        return answers[0]

    def plain(self, word):
        return float(word) if re.fullmatch(r"[\d.]+", word) else word

    def summary(self):
        """The tables of a summary: {title: {first column: {column: text}}}."""
        done = support.run([support.TRACER, "show", "-c", self.file], env={"COLUMNS": "200"})
        self.assertEqual((done.status, done.err), (0, b""))
        tables = {}
        for block in done.out.decode().split("\n\n")[1:]:
            lines = [re.split(r" {2,}", line.strip()) for line in block.splitlines()]
            (title, *columns), rows = lines[0], lines[1:]
            tables[title] = {row[0]: dict(zip(columns, row[1:])) for row in rows}
        return tables

    def test_there_are_no_others(self):
        self.assertEqual(sorted(path.name for path in QUERIES.iterdir()),
                         [f"{name}.{kind}" for name in NAMES for kind in ("jq", "sql")])

    def test_destinations(self):
        rows, table = self.answers("destinations"), self.summary()["DESTINATION"]
        self.assertGreater(len(rows), 5)
        self.assertEqual({row[0] for row in rows}, set(table))
        for name, offered, _, size in rows:
            self.assertEqual(offered, quantity(table[name]["MESSAGES"]))
            # The summary has three digits, rounded down.
            self.assertAlmostEqual(size, quantity(table[name]["BYTES"]), delta=size / 100)
        self.assertEqual([row[3] for row in rows], sorted((row[3] for row in rows), reverse=True))
        self.assertEqual(sum(row[3] for row in rows), self.traced.end["bytes_sent"])

    def test_odd_calls(self):
        """Claims of 4294967295 messages, and addresses that are none."""
        lines = [json.loads(line) for line in self.file.read_text().splitlines()]
        call = next(line for line in lines if line["kind"] == "call")
        call["verdict"]["asked"] = 4294967295
        for name in ({"family": None, "raw": "01"}, {"family": "AF_INET", "raw": "0200"}, {"family": "AF_INET6", "raw": "0a00"}):
            lines.insert(-1, call | {"messages": [call["messages"][0] | {"name": name}]})
        self.file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        self.assertEqual(self.answers("batches")[-1][:2], [4294967295, 4])
        for query in ("destinations", "slowest"):
            self.assertLess({"unknown family", "AF_INET", "AF_INET6"}, {row[0] for row in self.answers(query)})

    def test_causes(self):
        rows, tables = self.answers("causes"), self.summary()
        causes, errors = collections.Counter(), collections.Counter()
        for _, cause, errno, _, calls in rows:
            causes[cause] += calls
            if errno != "-":
                errors[errno] += calls
        for title, counts in (("CAUSE", causes), ("ERRNO", errors)):
            self.assertEqual(counts, {name: quantity(row["CALLS"]) for name, row in tables[title].items()})
        self.assertIn("partial", {row[0] for row in rows})

    def test_dropped(self):
        rows = self.answers("dropped")
        wanted = collections.Counter()
        for row in self.traced.end["losses"]["by_destination"]:
            wanted[row["program"]] += row["dropped"]
        self.assertEqual({row[0]: row[1] for row in rows}, {name: count for name, count in wanted.items() if count})
        self.assertEqual(sum(row[1] for row in rows), self.traced.end["losses"]["dropped"])

    def test_what_is_taken_back(self):
        """A message that was sent after all was not dropped, and a call of which all were has lost none."""
        lines = [json.loads(line) for line in self.file.read_text().splitlines()]
        lost = next(line for line in lines if line["kind"] == "follow_up" and line["how"] == "abandoned"
                    and len(line["messages"]) > 1)
        number, messages = lost["of"], lost["messages"]
        program = next(line["comm"] for line in lines if line["kind"] == "call" and line["seq"] == number)
        others = {row[0]: row[1:] for row in self.answers("dropped")}
        self.assertGreaterEqual(others[program][1], 1)
        before = next(row[-1] for row in self.answers("findings") if row[0] == number)
        self.assertIn(f"abandoned {len(messages)}", before)
        for part, left in ((messages[:1], len(messages) - 1), (messages[1:], 0)):
            lines.insert(-1, lost | {"how": "resumed", "messages": part, "final": True, "revises": "abandoned"})
            self.file.write_text("".join(json.dumps(line) + "\n" for line in lines))
            wanted = [others[program][0] - len(messages) + left, others[program][1] - (left == 0)]
            rows = {row[0]: row[1:] for row in self.answers("dropped")}
            self.assertEqual(rows, {name: wanted if name == program else row for name, row in others.items()
                                    if name != program or wanted[1]})
            after = next(row[-1] for row in self.answers("findings") if row[0] == number).split(", ")
            self.assertEqual([word for word in after if word.startswith("abandoned")], [f"abandoned {left}"] * (left > 0))
            self.assertIn(f"resumed {len(messages) - left}", after)

    def test_what_is_made_final(self):
        """A record that says once more, and for good, what was said so far counts no message twice."""
        lines = [json.loads(line) for line in self.file.read_text().splitlines()]
        lost = next(line for line in lines if line["kind"] == "follow_up" and line["how"] == "abandoned")
        before = [self.answers(name) for name in ("dropped", "findings")]
        lines.insert(-1, lost | {"final": True, "revises": "abandoned"})
        self.file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        self.assertEqual([self.answers(name) for name in ("dropped", "findings")], before)

    def test_batches(self):
        rows, end = self.answers("batches"), self.traced.end
        self.assertEqual([sum(row[1] for row in rows), sum(row[0] * row[1] for row in rows), sum(row[2] for row in rows)],
                         [end["calls"], end["messages_asked"], end["messages_sent"]])
        classes = collections.Counter()
        for size, calls, _ in rows:
            for name, row in self.summary()["BATCH SIZE"].items():
                low, _, high = name.partition("-")
                if int(low) <= size <= int(high or low):
                    classes[name] += calls
        self.assertEqual(classes, {name: int(row["CALLS"]) for name, row in self.summary()["BATCH SIZE"].items()})

    def test_slowest(self):
        rows, table = self.answers("slowest"), self.summary()["DESTINATION"]
        self.assertEqual({row[0] for row in rows}, set(table))
        for name, calls, median, slow, longest in rows:
            self.assertEqual(calls, quantity(table[name]["CALLS"]))
            for own, told in ((median, "P50"), (slow, "P99"), (longest, "MAX")):
                # The summary's distribution has two digits.
                self.assertAlmostEqual(own * 1000, quantity(table[name][told]), delta=own * 10, msg=(name, told))

    def test_findings(self):
        rows = self.answers("findings")
        short = {call["seq"]: call for call in self.traced.calls if call["verdict"]["cause"]}
        self.assertEqual([row[0] for row in rows], sorted(short))
        for number, program, sent, _, error, why, after in rows:
            verdict = short[number]["verdict"]
            self.assertEqual((program, sent), (short[number]["comm"], f"{verdict['sent']}/{verdict['asked']}"))
            self.assertEqual((error, why), (verdict["errno"] or verdict["cause"], verdict["why"] or "-"))
            follow_ups = collections.Counter()
            for record in self.traced.records:
                if record["kind"] == "follow_up" and record["of"] == number:
                    follow_ups[record["how"]] += len(record["messages"])
            self.assertEqual(after, ", ".join(sorted(f"{how} {count}" for how, count in follow_ups.items())))
        self.say(f"{len(rows)} findings of {len(self.traced.calls)} calls, the same from jq and DuckDB")


if __name__ == "__main__":
    unittest.main()
