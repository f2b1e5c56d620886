"""A program that sends from the same memory again: the tracer's guess at where its bytes lie is checked."""

import unittest

import support


def seen(call):
    """A call as the program tells of it."""
    parts = []
    for message in call["messages"]:
        control = message["control"]
        parts += [str(message["name"]["port"]), support.payload(message).decode(),
                  str(int.from_bytes(bytes.fromhex(control[0]["raw"]), "little")) if control else "-"]
    return " ".join(parts)


class Guessing(support.TracingTest):
    def test_one_thing_changes_between_two_calls(self):
        for limit, mode in ((None, []), (None, ["--seccomp", "off"]), (5, [])):
            trace = self.trace([support.PROGRAMS / "reused_batch"], ["-s", limit or "all", *mode])
            told = [self.cut(line, limit) for line in trace.out.decode().splitlines()]
            self.assertEqual(len(told), 40)
            self.assertEqual([seen(call) for call in trace.calls], told)

    @staticmethod
    def cut(line, limit):
        """The line with payloads of at most so many bytes."""
        words = line.split(" ")
        return " ".join(word[:limit] if place % 3 == 1 else word for place, word in enumerate(words))


if __name__ == "__main__":
    unittest.main()
