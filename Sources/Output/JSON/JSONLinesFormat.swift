package import Records

/// JSON lines: one compact object a record (schema 1).
///
/// The literals below are the records' keys in their order; every key is always there, and is
/// `null` where it does not apply.
package struct JSONLinesFormat: RecordFormat {
  package init() {}

  package mutating func append(_ event: TraceEvent, to out: inout ByteBuffer) {
    switch event {
    case .start(let start): out.append(json: start)
    case .call(let call, let verdict): out.append(json: call, verdict)
    case .followUp(let followUp): out.append(json: followUp)
    case .process(let event): out.append(json: event)
    case .end(let end): out.append(json: end)
    }
    out.append(UInt8(ascii: "\n"))
  }
}

extension ByteBuffer {
  fileprivate mutating func append(json start: TraceStart) {
    append(#"{"kind":"trace_start","schema":"#)
    append(decimal: TraceStart.schema)
    append(#","version":"#)
    append(jsonString: start.version)
    append(#","time":""#)
    append(rfc3339: start.time)
    append(#"","command":"#)
    if let command = start.command {
      appendJSONArray(command) { $0.append(jsonString: $1) }
    } else {
      append("null")
    }
    append(#","pids":"#)
    appendJSONArray(start.pids) { $0.append(decimal: $1) }
    append(#","kernel":"#)
    append(jsonString: start.kernel)
    append(#","stops":"#)
    append(jsonString: start.stops.rawValue)
    append(#","sees":"#)
    appendJSONArray(start.sees) { $0.append(jsonString: $1) }
    append(#","blind_to":"#)
    appendJSONArray(start.blindTo) { $0.append(jsonString: $1) }
    append(#","local_ports":"#)
    append(orNull: start.localPorts) { out, ports in
      out.append("[")
      out.append(decimal: UInt64(ports.lowerBound))
      out.append(",")
      out.append(decimal: UInt64(ports.upperBound))
      out.append("]")
    }
    append(#","previous":"#)
    append(jsonString: start.previous)
    append("}")
  }

  fileprivate mutating func append(json followUp: FollowUp) {
    append(#"{"kind":"follow_up","of":"#)
    append(decimal: followUp.of)
    append(#","by":"#)
    append(orNull: followUp.by) { $0.append(decimal: $1) }
    append(#","how":"#)
    append(jsonString: followUp.how.rawValue)
    append(#","messages":"#)
    appendJSONArray(followUp.messages) { $0.append(decimal: $1) }
    append(#","final":"#)
    append(json: followUp.isFinal)
    append(#","revises":"#)
    append(orNull: followUp.revises) { $0.append(jsonString: $1.rawValue) }
    append(#","beginning_only":"#)
    append(json: followUp.isBeginningOnly)
    append(#","counted_elsewhere":"#)
    appendJSONArray(followUp.countedElsewhere) { $0.append(decimal: $1) }
    append(#","why":"#)
    append(jsonString: followUp.why)
    append("}")
  }

  fileprivate mutating func append(json event: ProcessEvent) {
    append(#"{"kind":"process","time":""#)
    append(rfc3339: event.time)
    append(#"","event":"#)
    append(jsonString: event.kind.rawValue)
    append(#","pid":"#)
    append(decimal: event.pid)
    append(#","tid":"#)
    append(decimal: event.tid)
    append(#","ns_pid":"#)
    append(orNull: event.innerPid) { $0.append(decimal: $1) }
    append(#","parent":"#)
    append(orNull: event.parent) { $0.append(decimal: $1) }
    append(#","comm":"#)
    append(jsonString: event.comm)
    append(#","abi":"#)
    append(jsonString: event.abi?.name)
    append(#","threads":"#)
    append(orNull: event.threads) { $0.append(decimal: $1) }
    append(#","code":"#)
    append(orNull: event.code) { $0.append(decimal: $1) }
    append(#","signal":"#)
    append(jsonString: event.signal?.name)
    append(#","why":"#)
    append(jsonString: event.why)
    append("}")
  }

  fileprivate mutating func append(json end: TraceEnd) {
    append(#"{"kind":"trace_end","time":""#)
    append(rfc3339: end.time)
    append(#"","calls":"#)
    append(decimal: end.calls)
    append(#","messages_asked":"#)
    append(decimal: end.messagesAsked)
    append(#","messages_sent":"#)
    append(decimal: end.messagesSent)
    append(#","bytes_sent":"#)
    append(decimal: end.bytesSent)
    append(#","outcomes":{"#)
    for index in end.outcomes.indices {
      if index > 0 { append(UInt8(ascii: ",")) }
      append(jsonString: end.outcomes[index].outcome.rawValue)
      append(UInt8(ascii: ":"))
      append(decimal: end.outcomes[index].calls)
    }
    append(#"},"lost":"#)
    append(decimal: end.lost)
    append(#","left_out":"#)
    append(decimal: end.leftOut)
    append(#","queue_waits":"#)
    append(decimal: end.queueWaits)
    append(#","exit":"#)
    switch end.exit {
    case nil: append("null")
    case .exited(let code):
      append(#"{"code":"#)
      append(decimal: code)
      append(#","signal":null}"#)
    case .killed(let signal):
      append(#"{"code":null,"signal":"#)
      append(jsonString: signal.name)
      append("}")
    }
    append(#","losses":"#)
    append(json: end.losses)
    append("}")
  }
}
