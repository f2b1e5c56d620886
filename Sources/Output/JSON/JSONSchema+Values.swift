// Of values that stand in many places.
extension TraceSchema {
  static let values = #"""
        "outcome": {"enum": ["complete", "partial", "short", "capped", "failed", "empty", "unfinished"]},
        "abi": {"description": "The calling convention of the call, which may differ from the program's.", "enum": ["x86_64", "i386", "x32", "aarch64", "arm"]},
        "flags": {
          "title": "A set of MSG_ flags",
          "type": "object",
          "required": ["value", "names"],
          "properties": {
            "value": {"$ref": "#/$defs/uint32"},
            "names": {"description": "In order of value; bits without a name as one 0x… at the end.", "type": "array", "items": {"type": "string", "pattern": "^(MSG_[A-Z_]+|0x[0-9a-f]+)$"}}
          }
        },
        "bits": {
          "title": "A number and the names of its bits",
          "type": "object",
          "required": ["value", "names"],
          "properties": {
            "value": {"$ref": "#/$defs/uint64"},
            "names": {"description": "In order of value; bits without a name as one 0x… at the end.", "type": "array", "items": {"type": "string"}}
          }
        },
        "time": {"description": "CLOCK_REALTIME, UTC, to the nanosecond.", "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z$"},
        "pointer": {"description": "An address in the traced program.", "type": "string", "pattern": "^0x(0|[1-9a-f][0-9a-f]{0,15})$"},
        "hex": {"description": "Two lower-case digits a byte.", "type": "string", "pattern": "^([0-9a-f]{2})*$"},
        "family": {"description": "AF_INET and so on, or the number as a string.", "type": "string", "pattern": "^(AF_[A-Za-z0-9]+|[0-9]+)$"},
        "errno": {"description": "The kernel's name, or the number as a string.", "type": "string", "pattern": "^(E[A-Z0-9_]+|-?[0-9]+)$"},
        "signal": {"description": "The signal's name, or its number as a string.", "type": ["string", "null"], "pattern": "^(SIG[A-Z0-9]+(\\+[0-9]+)?|-?[0-9]+)$"},
        "exit_code": {"type": ["integer", "null"], "minimum": 0, "maximum": 255},
        "pid": {"description": "In the pid namespace of mmsgtrace.", "type": "integer", "minimum": 0, "maximum": 2147483647},
        "int32": {"type": "integer", "minimum": -2147483648, "maximum": 2147483647},
        "uint16": {"type": "integer", "minimum": 0, "maximum": 65535},
        "uint32": {"type": "integer", "minimum": 0, "maximum": 4294967295},
        "uint64": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615}
    """#
}
