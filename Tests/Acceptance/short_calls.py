"""Calls that fall short, and what the kernel says of each message when it is asked singly.

The short_… programs of Tests/Programs make the same calls in two ways: as a `twin`, message by
message and untraced, which gives the truth; and as a `batch`, which is traced.
"""

import collections
import json
import os

import support
from kernel_model import errno_name

NETWORK = support.ROOT / "Tests/Acceptance/short_network.sh"
SURE = ("observed", "certain")
LEVELS = ["observed", "certain", "likely", "possible", "unknown"]

# What happened: the cause by the verdicts' names, the message it is about, the errno's name.
Truth = collections.namedtuple("Truth", "cause at errno")
# A call: the truth, its record in the trace, and what the program said in both ways.
Case = collections.namedtuple("Case", "truth record twin batch")


def in_network(command):
    return ["unshare", "--net", NETWORK, *command]


def truth_of(twin, batch):
    """The truth of a call from what both ways gave, or None where they do not fit together."""
    count = min(batch["vlen"], 1024)
    done, alone = batch["done"], twin["done"]
    if batch["varies"] and (twin["errno"] or twin["short"]):
        alone = done
    if batch["errno"] and done == 0:
        if twin["errno"] == batch["errno"] and alone == 0:
            interrupted = errno_name(batch["errno"]) == "EINTR"
            return Truth("interrupted" if interrupted else "error", 0, errno_name(batch["errno"]))
        if batch["sealed"] == 0 and errno_name(batch["errno"]) == "EFAULT" and alone > 0:
            # The kernel could send it, but not say so; unless it would not have sent it at all.
            return Truth("error" if batch["unconsumed"] else "uncounted_send", 0, "EFAULT")
        return None
    if batch["unconsumed"] and done < count:
        # Whatever the next message has, the loop ends behind this one.
        return Truth("unconsumed_message", done - 1, None) if alone >= done else None
    if batch["short"]:
        return Truth("short_message", done - 1, None) if twin["short"] and alone == done else None
    if done == count:
        return Truth("cap", 1024, None) if batch["vlen"] > 1024 else Truth(None, None, None)
    if twin["errno"] and alone == done:
        name = errno_name(twin["errno"])
        return Truth("interrupted" if name == "EINTR" else "error", done, name)
    if alone > done and (not twin["short"] or alone == done + 1):
        # It went well alone, if only in part; the batch could not write down that it did.
        if batch["sealed"] == done:
            return Truth("uncounted_send", done, None)
    return None


def judge(truth, verdict):
    """`right`, or how it is not: surely `wrong`, `guessed wrong`, `candidate` (not the first), `unnamed`,
    `other cause` (with the right errno, and not sure): EFAULT says of a message that it was refused, or that
    it was sent and could not be counted."""
    said = verdict["cause"], verdict["at"], verdict["errno"]
    if said == tuple(truth) or (truth.cause == "uncounted_send" and said[:2] == tuple(truth)[:2]):
        return "right"
    if verdict["certainty"] in SURE:
        # A call refused as a whole is not about its first message.
        refused = verdict["cause"] == "call_error" and truth.at == 0 and verdict["errno"] == truth.errno
        return "right" if refused else "wrong"
    if truth.errno and said[1:] == tuple(truth)[1:]:
        return "other cause"
    if any(candidate["errno"] == truth.errno for candidate in verdict["candidates"]):
        return "candidate"
    return "unnamed" if verdict["errno"] is None else "guessed wrong"


def lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def cases(test, program, arguments=(), options=(), limit=60, validate=True, before=()):
    """Runs a program both ways; its calls, each with truth and record. `before` is put before the tracer."""
    folder = test.folder
    twin_file, batch_file = (folder / f"{program}.{way}.jsonl" for way in ("twin", "batch"))
    for path in (twin_file, batch_file):
        path.unlink(missing_ok=True)
    command = support.PROGRAMS / program
    twin = support.run(in_network([command, "twin", twin_file, *arguments]), limit=limit)
    test.assertEqual((twin.status, twin.err), (0, b""))
    trace = test.trace([command, "batch", batch_file, *arguments], options, limit=limit,
                       before=["unshare", "--net", NETWORK, *before], validate=validate)
    test.assertEqual(trace.status, 0, trace.err)
    singly, together = lines(twin_file), lines(batch_file)
    test.assertEqual([line["name"] for line in singly], [line["name"] for line in together])
    records = sorted(trace.calls, key=lambda call: call["seq"])
    test.assertEqual(len(records), len(together), "not as many calls in the trace as the program made")
    found = []
    for one, many, record in zip(singly, together, records):
        test.assertEqual((record["vlen"], max(record["return"], 0)), (many["vlen"], many["done"]), many["name"])
        found.append(Case(truth_of(one, many), record, one, many))
    return found


def show(case):
    """A record cut down to what a diagnosis is made from, for a failure's message."""
    record = dict(case.record)
    record["messages"] = [message for message in record["messages"]
                          if abs(message["index"] - case.batch["done"]) <= 1]
    return json.dumps({"truth": case.truth, "twin": case.twin, "batch": case.batch, "record": record})


FULL = bool(os.environ.get("MMSGTRACE_FULL"))
