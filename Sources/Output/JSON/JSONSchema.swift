/// What `mmsgtrace schema` prints: a JSON Schema (draft 2020-12) of one line of a trace.
///
/// Keys may be added within schema 1, so further properties are allowed everywhere; those that are
/// there now stay, so all are required.
package enum TraceSchema {
  package static let text =
    [head, calls, messages, verdicts, values, end].joined(separator: "\n") + "\n"

  private static let head = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "urn:mmsgtrace:schema:1",
      "title": "mmsgtrace record, schema 1",
      "description": "One line of a JSON lines trace. Numbers are exact integers, some over 2^53. A key that does not apply is null, never missing. Keys may be added within a schema number.",
      "type": "object",
      "required": ["kind"],
      "properties": {
        "kind": {"enum": ["trace_start", "call", "follow_up", "process", "trace_end"]}
      },
      "allOf": [
        {"if": {"properties": {"kind": {"const": "trace_start"}}}, "then": {"$ref": "#/$defs/trace_start"}},
        {"if": {"properties": {"kind": {"const": "call"}}}, "then": {"$ref": "#/$defs/call"}},
        {"if": {"properties": {"kind": {"const": "follow_up"}}}, "then": {"$ref": "#/$defs/follow_up"}},
        {"if": {"properties": {"kind": {"const": "process"}}}, "then": {"$ref": "#/$defs/process"}},
        {"if": {"properties": {"kind": {"const": "trace_end"}}}, "then": {"$ref": "#/$defs/trace_end"}}
      ],
      "$defs": {
    """#

  private static let end = #"""
      }
    }
    """#
}
