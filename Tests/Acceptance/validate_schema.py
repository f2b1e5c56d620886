#!/usr/bin/env python3
"""Check JSON lines traces against a schema: validate_schema.py SCHEMA TRACE.jsonl...

Needs PyPI's jsonschema. Every line must be one JSON object that the schema accepts. Prints how many
records of each kind there were; exits 1 after the first few errors.
"""

import collections
import json
import sys

import jsonschema

MOST_ERRORS = 5


def refuse_twins(pairs):
    """An object with the same key twice is valid for json, but not for us."""
    keys = [key for key, _ in pairs]
    twins = [key for key, count in collections.Counter(keys).items() if count > 1]
    if twins:
        raise ValueError(f"key {twins[0]!r} occurs more than once")
    return dict(pairs)


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def parse(line):
    return json.loads(
        line.decode("utf-8"), object_pairs_hook=refuse_twins, parse_constant=refuse_constant
    )


def errors_of(line, validator, kinds):
    """The complaints about one line, as texts."""
    if not line.endswith(b"\n"):
        return ["the line does not end"]
    try:
        record = parse(line)
    except ValueError as error:
        return [f"not JSON: {error}"]
    if isinstance(record, dict):
        kinds[str(record.get("kind"))] += 1
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(record)]


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 64
    with open(arguments[0], encoding="utf-8") as file:
        schema = json.load(file, object_pairs_hook=refuse_twins)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)

    kinds = collections.Counter()
    errors = 0
    for path in arguments[1:]:
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                for error in errors_of(line, validator, kinds):
                    print(f"{path}:{number}: {error}", file=sys.stderr)
                    errors += 1
                    if errors >= MOST_ERRORS:
                        return 1
    print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "no records")
    return 1 if errors or not kinds else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
