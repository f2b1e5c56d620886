// Of the start of a trace, of calls and their sockets.
extension TraceSchema {
  static let calls = #"""
        "trace_start": {
          "title": "The first record of a trace",
          "type": "object",
          "required": ["kind", "schema", "version", "time", "command", "pids", "kernel", "stops", "sees", "blind_to", "local_ports", "previous"],
          "properties": {
            "schema": {"description": "Raised when the meaning of a key changes.", "const": 1},
            "version": {"description": "The version of mmsgtrace.", "type": "string"},
            "time": {"$ref": "#/$defs/time"},
            "command": {"description": "The command that was launched and its arguments; null where none was.", "type": ["array", "null"], "items": {"type": "string"}},
            "pids": {"description": "The processes that were launched or attached to.", "type": "array", "items": {"$ref": "#/$defs/pid"}},
            "kernel": {"description": "The kernel's release.", "type": "string"},
            "stops": {"description": "What stops a thread: a seccomp filter at sendmmsg alone, or every system call.", "enum": ["seccomp", "syscall"]},
            "sees": {"description": "The system calls that are recorded.", "type": "array", "items": {"type": "string"}},
            "blind_to": {"description": "What passes by unseen.", "type": "array", "items": {"type": "string"}},
            "local_ports": {"description": "The first and the last port from which the kernel chooses where a socket asks for none (ip_local_port_range); null where they could not be read.", "type": ["array", "null"], "items": {"type": "integer", "minimum": 0, "maximum": 65535}, "minItems": 2, "maxItems": 2},
            "previous": {"description": "The name, when this file was begun, of the file whose trace it goes on with; null in the first.", "type": ["string", "null"]}
          }
        },
        "call": {
          "title": "One sendmmsg call",
          "type": "object",
          "required": ["kind", "seq", "time", "monotonic_ns", "duration_ns", "pid", "tid", "comm", "abi", "syscall", "fd", "socket", "msgvec", "vlen", "flags", "effective_dontwait", "return", "errno", "messages", "verdict", "notes"],
          "properties": {
            "seq": {"description": "Counts from 1 in order of entry.", "$ref": "#/$defs/uint64", "minimum": 1},
            "time": {"$ref": "#/$defs/time"},
            "monotonic_ns": {"description": "CLOCK_MONOTONIC at entry, nanoseconds.", "$ref": "#/$defs/uint64"},
            "duration_ns": {"description": "Nanoseconds from entry to exit as the tracer saw them, restarts and its own stops included; null where no exit was seen.", "anyOf": [{"$ref": "#/$defs/uint64"}, {"type": "null"}]},
            "pid": {"$ref": "#/$defs/pid"},
            "tid": {"$ref": "#/$defs/pid"},
            "comm": {"description": "The name of the thread.", "type": "string"},
            "abi": {"$ref": "#/$defs/abi"},
            "syscall": {"description": "The system call the kernel's sendmmsg was reached by.", "enum": ["sendmmsg", "socketcall"]},
            "fd": {"description": "The descriptor; null, like the other arguments, where socketcall's argument block could not be read.", "anyOf": [{"$ref": "#/$defs/int32"}, {"type": "null"}]},
            "socket": {"description": "Null where the descriptor is no socket or could not be asked.", "anyOf": [{"$ref": "#/$defs/socket"}, {"type": "null"}]},
            "msgvec": {"description": "The address of the mmsghdr array.", "anyOf": [{"$ref": "#/$defs/pointer"}, {"type": "null"}]},
            "vlen": {"description": "How many messages the program asked for; the kernel looks at 1024 at most.", "anyOf": [{"$ref": "#/$defs/uint32"}, {"type": "null"}]},
            "flags": {"anyOf": [{"$ref": "#/$defs/flags"}, {"type": "null"}]},
            "effective_dontwait": {"description": "Whether the kernel takes every message with MSG_DONTWAIT: by the flags, or by O_NONBLOCK; null where that is not known.", "type": ["boolean", "null"]},
            "return": {"description": "The count of messages, -1, or null where no exit was seen.", "type": ["integer", "null"], "minimum": -1, "maximum": 4294967295},
            "errno": {"description": "The errno the program was given; null unless return is -1.", "anyOf": [{"$ref": "#/$defs/errno"}, {"type": "null"}]},
            "messages": {"description": "The first min(vlen, 1024) entries, up to and with the first one that cannot be read.", "type": "array", "maxItems": 1024, "items": {"$ref": "#/$defs/message"}},
            "verdict": {"$ref": "#/$defs/verdict"},
            "notes": {"type": "array", "items": {"$ref": "#/$defs/note"}}
          }
        },
        "socket": {
          "title": "The socket behind a descriptor",
          "type": "object",
          "required": ["family", "type", "protocol", "inode", "nonblocking", "local", "peer"],
          "properties": {
            "family": {"$ref": "#/$defs/family"},
            "type": {"description": "SOCK_STREAM and so on, without SOCK_NONBLOCK and SOCK_CLOEXEC, or a number as a string.", "type": "string", "examples": ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET"]},
            "protocol": {"description": "The protocol, or its number as a string; null where the family has none.", "type": ["string", "null"], "examples": ["UDP", "TCP", "NETLINK_ROUTE"]},
            "inode": {"$ref": "#/$defs/uint64"},
            "nonblocking": {"description": "O_NONBLOCK, at entry.", "type": "boolean"},
            "local": {"description": "The local address at exit; null where there is none, or nobody told it.", "anyOf": [{"$ref": "#/$defs/address"}, {"type": "null"}]},
            "peer": {"description": "The connected peer at entry; null where there is none.", "anyOf": [{"$ref": "#/$defs/address"}, {"type": "null"}]}
          }
        },
        "address": {
          "title": "A socket address",
          "description": "AF_INET has address and port; AF_INET6 flowinfo and scope_id too; AF_UNIX path and abstract, or where nobody told them neither, and raw null; other families have the fields of their C structure, without its prefix, as numbers and strings, or objects; those that are not known, and what is too short for its family, have raw alone. AF_UNSPEC has the keys of the family that the socket takes it for.",
          "type": "object",
          "required": ["family", "raw"],
          "properties": {
            "family": {"description": "As the program wrote it; null where the address is too short to have one.", "anyOf": [{"$ref": "#/$defs/family"}, {"type": "null"}]},
            "address": {"description": "IPv4 in dotted form, or IPv6 after RFC 5952 without zone.", "type": "string"},
            "port": {"description": "In host order; AF_VSOCK and AF_QIPCRTR have 32 bits, the others 16.", "$ref": "#/$defs/uint32"},
            "flowinfo": {"description": "Traffic class and flow label, as a number in host order.", "$ref": "#/$defs/uint32"},
            "scope_id": {"description": "The index of the interface; 0 for none.", "$ref": "#/$defs/uint32"},
            "scope_name": {"description": "The interface of scope_id in the network namespace of the socket; null where there is none or it is not known.", "type": ["string", "null"]},
            "path": {"description": "The path of an AF_UNIX name; null for abstract and unnamed ones.", "type": ["string", "null"]},
            "abstract": {"description": "The abstract AF_UNIX name, with @ for its leading NUL.", "type": ["string", "null"], "pattern": "^@"},
            "ifindex": {"description": "AF_PACKET, AF_CAN, AF_XDP: the index of the interface.", "type": "integer"},
            "interface": {"description": "The name of ifindex in the network namespace of the socket; null where there is none or it is not known.", "type": ["string", "null"]},
            "protocol": {"description": "AF_PACKET: the EtherType, in host order.", "$ref": "#/$defs/uint16"},
            "transport": {"description": "AF_RXRPC: the address below.", "$ref": "#/$defs/address"},
            "raw": {"description": "The whole address where the other keys do not say all of it, else null.", "anyOf": [{"$ref": "#/$defs/hex"}, {"type": "null"}]}
          },
          "dependentRequired": {
            "address": ["port"],
            "flowinfo": ["address", "scope_id"],
            "scope_id": ["address", "flowinfo", "scope_name"],
            "ifindex": ["interface"],
            "path": ["abstract"],
            "abstract": ["path"]
          }
        },
    """#
}
