// Of verdicts, of what followed, and of the end of a trace.
extension TraceSchema {
  static let verdicts = #"""
        "verdict": {
          "title": "What became of the call, and why",
          "type": "object",
          "required": ["outcome", "cause", "at", "errno", "certainty", "source", "why", "candidates", "asked", "sent", "uncounted", "bytes_asked", "bytes_sent"],
          "properties": {
            "outcome": {"$ref": "#/$defs/outcome"},
            "cause": {"description": "Null where nothing fell short, or no exit was seen.", "enum": ["cap", "short_message", "unconsumed_message", "uncounted_send", "error", "interrupted", "call_error", null]},
            "at": {"description": "The index of the message the cause is about.", "type": ["integer", "null"], "minimum": 0, "maximum": 1024},
            "errno": {"description": "The errno that was returned or thrown away; null for causes without one.", "anyOf": [{"$ref": "#/$defs/errno"}, {"type": "null"}]},
            "certainty": {"description": "observed: the kernel said so. certain: the kernel's code allows nothing else.", "enum": ["observed", "certain", "likely", "possible", "unknown", null]},
            "source": {"description": "Where the claim comes from.", "enum": ["return_value", "count", "tracepoint", "exact", "rule", "evidence", "none", null]},
            "why": {"description": "One sentence, with the numbers in it.", "type": ["string", "null"]},
            "candidates": {"description": "Further errnos that may have been the one, best first.", "type": "array", "items": {"$ref": "#/$defs/candidate"}},
            "asked": {"description": "vlen: messages.", "$ref": "#/$defs/uint32"},
            "sent": {"description": "The count returned; 0 on -1.", "$ref": "#/$defs/uint32"},
            "uncounted": {"description": "Messages that the kernel took although they were not counted.", "enum": [0, 1]},
            "bytes_asked": {"description": "Bytes, over the entries shown.", "$ref": "#/$defs/uint64"},
            "bytes_sent": {"description": "Bytes: the sum of msg_len over the counted entries.", "$ref": "#/$defs/uint64"}
          }
        },
        "candidate": {
          "type": "object",
          "required": ["errno", "certainty", "why"],
          "properties": {
            "errno": {"$ref": "#/$defs/errno"},
            "certainty": {"enum": ["observed", "certain", "likely", "possible", "unknown"]},
            "why": {"type": "string"}
          }
        },
        "note": {
          "title": "Something a reader should know and no key says",
          "type": "object",
          "required": ["code", "message", "text"],
          "properties": {
            "code": {"description": "Codes may be added.", "type": "string", "examples": ["own_descriptor_table", "restarted", "left_by_jump", "socket_unknown", "unreadable_process", "interrupted_because_traced", "own_filter_unread", "namelen_clamped", "header_flags_ignored", "address_family_mismatch", "address_unspecified", "control_ignored", "control_refused", "iov_truncated", "zero_length", "probe_sent_nothing", "corked_not_yet_sent", "mutated_during_call", "same_destination_skips_lsm", "withheld_memory", "capture_budget"]},
            "message": {"description": "The index of the message it is about, the first where it is about several; null for the call as a whole.", "anyOf": [{"$ref": "#/$defs/uint32"}, {"type": "null"}]},
            "text": {"type": "string"}
          }
        },
        "follow_up": {
          "title": "What the program did about the messages a call left unsent",
          "type": "object",
          "required": ["kind", "of", "by", "how", "messages", "final", "revises", "beginning_only", "counted_elsewhere", "why"],
          "properties": {
            "of": {"description": "The seq of the call that fell short.", "$ref": "#/$defs/uint64"},
            "by": {"description": "The seq of the call that followed it up; null where there was none.", "anyOf": [{"$ref": "#/$defs/uint64"}, {"type": "null"}]},
            "how": {"enum": ["resumed", "skipped", "resent_all", "abandoned", "capped_rest", "unknown"]},
            "messages": {"description": "Indices of messages of the first call.", "type": "array", "items": {"$ref": "#/$defs/uint32"}},
            "final": {"description": "False where the messages may still be sent, and a later record may say so.", "type": "boolean"},
            "revises": {"description": "What an earlier record that was not final had said of these messages, which this one takes back, or makes final where how is the same; null where there is none.", "enum": ["skipped", "abandoned", "capped_rest", null]},
            "beginning_only": {"description": "True where messages were known again by how they begin, and not by all of their bytes.", "type": "boolean"},
            "counted_elsewhere": {"description": "Those of messages that the record of another call counts: add up the others.", "type": "array", "items": {"$ref": "#/$defs/uint32"}},
            "why": {"type": "string"}
          }
        },
        "process": {
          "title": "A process or thread that came, changed or went",
          "type": "object",
          "required": ["kind", "time", "event", "pid", "tid", "ns_pid", "parent", "comm", "abi", "threads", "code", "signal", "why"],
          "properties": {
            "time": {"$ref": "#/$defs/time"},
            "event": {"enum": ["started", "attached", "detached", "forked", "exec", "exited", "killed", "refused"]},
            "pid": {"$ref": "#/$defs/pid"},
            "tid": {"$ref": "#/$defs/pid"},
            "ns_pid": {"description": "The process in the innermost PID namespace it is in; null where that is ours, or not known.", "anyOf": [{"$ref": "#/$defs/pid"}, {"type": "null"}]},
            "parent": {"description": "The process that forked it.", "anyOf": [{"$ref": "#/$defs/pid"}, {"type": "null"}]},
            "comm": {"type": ["string", "null"]},
            "abi": {"anyOf": [{"$ref": "#/$defs/abi"}, {"type": "null"}]},
            "threads": {"description": "How many threads were attached.", "anyOf": [{"$ref": "#/$defs/uint32"}, {"type": "null"}]},
            "code": {"$ref": "#/$defs/exit_code"},
            "signal": {"$ref": "#/$defs/signal"},
            "why": {"type": ["string", "null"]}
          }
        },
        "trace_end": {
          "title": "The last record of a trace",
          "type": "object",
          "required": ["kind", "time", "calls", "messages_asked", "messages_sent", "bytes_sent", "outcomes", "lost", "left_out", "queue_waits", "exit", "losses"],
          "properties": {
            "time": {"$ref": "#/$defs/time"},
            "calls": {"$ref": "#/$defs/uint64"},
            "messages_asked": {"$ref": "#/$defs/uint64"},
            "messages_sent": {"$ref": "#/$defs/uint64"},
            "bytes_sent": {"description": "Bytes.", "$ref": "#/$defs/uint64"},
            "outcomes": {"description": "How many calls ended in each outcome; those that did not occur are left out.", "type": "object", "propertyNames": {"$ref": "#/$defs/outcome"}, "additionalProperties": {"$ref": "#/$defs/uint64"}},
            "lost": {"description": "Records that could not be written.", "$ref": "#/$defs/uint64"},
            "left_out": {"description": "Records that a filter left out.", "$ref": "#/$defs/uint64"},
            "queue_waits": {"description": "How often the tracer had to wait for the outputs.", "$ref": "#/$defs/uint64"},
            "exit": {
              "description": "How the launched command ended; null where none was launched.",
              "type": ["object", "null"],
              "required": ["code", "signal"],
              "properties": {
                "code": {"$ref": "#/$defs/exit_code"},
                "signal": {"$ref": "#/$defs/signal"}
              }
            },
            "losses": {
              "title": "What was lost over the whole run",
              "allOf": [{"$ref": "#/$defs/loss_counts"}],
              "type": "object",
              "required": ["causes", "by_destination", "sentences"],
              "properties": {
                "causes": {"description": "How many calls fell short by each cause; those that did not occur are left out.", "type": "object", "additionalProperties": {"$ref": "#/$defs/uint64"}},
                "by_destination": {
                  "description": "At most 64 rows; the last one stands for what there was no room for.",
                  "type": "array",
                  "maxItems": 64,
                  "items": {
                    "allOf": [{"$ref": "#/$defs/loss_counts"}],
                    "type": "object",
                    "required": ["program", "destination"],
                    "properties": {
                      "program": {"description": "The name of the process; null in the row for what there was no room for.", "type": ["string", "null"]},
                      "destination": {"description": "Null where it is not known.", "anyOf": [{"$ref": "#/$defs/address"}, {"type": "null"}]}
                    }
                  }
                },
                "sentences": {"description": "One for each program that dropped something, or did not send it by sendmmsg where other calls were not looked at: for a bug report.", "type": "array", "items": {"type": "string"}}
              }
            }
          }
        },
        "loss_counts": {
          "title": "What became of messages",
          "type": "object",
          "required": ["dropped", "dropped_so_far", "dropped_bytes", "resent", "resumed", "unknown", "uncounted"],
          "properties": {
            "dropped": {"description": "Left unsent, and not sent later by what was looked at: skipped, abandoned or capped_rest.", "$ref": "#/$defs/uint64"},
            "dropped_so_far": {"description": "How many of these may still have been sent: their follow_up says that it is not final.", "$ref": "#/$defs/uint64"},
            "dropped_bytes": {"description": "Bytes of the dropped messages that never went out, as far as their lengths are known; of one that a stream took in part, those that it did not take.", "$ref": "#/$defs/uint64"},
            "resent": {"description": "Sent a second time.", "$ref": "#/$defs/uint64"},
            "resumed": {"description": "Left unsent, and sent by a later call.", "$ref": "#/$defs/uint64"},
            "unknown": {"description": "Left unsent; what became of them is not known.", "$ref": "#/$defs/uint64"},
            "uncounted": {"description": "Taken by the kernel although the count does not say so.", "$ref": "#/$defs/uint64"}
          }
        },
    """#
}
