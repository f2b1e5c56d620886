import Records

/// The record of a call and its verdict.
extension ByteBuffer {
  mutating func append(json call: SendCall, _ verdict: Verdict) {
    append(#"{"kind":"call","seq":"#)
    append(decimal: call.sequence)
    append(#","time":""#)
    append(rfc3339: call.time)
    append(#"","monotonic_ns":"#)
    append(decimal: call.monotonic)
    append(#","duration_ns":"#)
    append(orNull: call.duration) { $0.append(decimal: $1) }
    append(#","pid":"#)
    append(decimal: call.pid)
    append(#","tid":"#)
    append(decimal: call.tid)
    append(#","comm":"#)
    append(jsonString: call.comm)
    append(#","abi":"#)
    append(jsonString: call.abi.name)
    append(#","syscall":"#)
    append(jsonString: call.syscall.name)
    appendArguments(of: call)
    appendResult(of: call)
    append(#","messages":["#)
    for index in call.messages.indices {
      if index > 0 { append(UInt8(ascii: ",")) }
      let message = call.messages[index]
      append(json: message, verdict.state(ofMessage: message.index))
    }
    append(#"],"verdict":"#)
    append(json: verdict)
    append(#","notes":"#)
    appendJSONArray(call.notes) { $0.append(json: $1) }
    append("}")
  }

  private mutating func appendArguments(of call: SendCall) {
    append(#","fd":"#)
    append(orNull: call.arguments?.fd) { $0.append(decimal: $1) }
    append(#","socket":"#)
    append(orNull: call.socket) { $0.append(json: $1) }
    append(#","msgvec":"#)
    append(json: call.arguments?.vector)
    append(#","vlen":"#)
    append(orNull: call.arguments?.vectorLength) { $0.append(decimal: $1) }
    append(#","flags":"#)
    append(orNull: call.arguments?.flags) { $0.append(json: $1) }
    append(#","effective_dontwait":"#)
    append(orNull: call.effectiveDontWait) { $0.append(json: $1) }
  }

  private mutating func appendResult(of call: SendCall) {
    switch call.result {
    case .returned(let count):
      append(#","return":"#)
      append(decimal: count)
      append(#","errno":null"#)
    case .failed(let errno):
      append(#","return":-1,"errno":"#)
      append(jsonString: errno.name)
    case .unfinished: append(#","return":null,"errno":null"#)
    }
  }

  private mutating func append(json verdict: Verdict) {
    append(#"{"outcome":"#)
    append(jsonString: verdict.outcome.rawValue)
    append(#","cause":"#)
    append(jsonString: verdict.cause?.rawValue)
    append(#","at":"#)
    append(orNull: verdict.at) { $0.append(decimal: $1) }
    append(#","errno":"#)
    append(jsonString: verdict.errno?.name)
    append(#","certainty":"#)
    append(jsonString: verdict.certainty?.rawValue)
    append(#","source":"#)
    append(jsonString: verdict.source?.rawValue)
    append(#","why":"#)
    append(jsonString: verdict.why)
    append(#","candidates":"#)
    appendJSONArray(verdict.candidates) { $0.append(json: $1) }
    append(#","asked":"#)
    append(decimal: verdict.asked)
    append(#","sent":"#)
    append(decimal: verdict.sent)
    append(#","uncounted":"#)
    append(decimal: verdict.uncounted)
    append(#","bytes_asked":"#)
    append(decimal: verdict.bytesAsked)
    append(#","bytes_sent":"#)
    append(decimal: verdict.bytesSent)
    append("}")
  }

  private mutating func append(json candidate: Verdict.Candidate) {
    append(#"{"errno":"#)
    append(jsonString: candidate.errno.name)
    append(#","certainty":"#)
    append(jsonString: candidate.certainty.rawValue)
    append(#","why":"#)
    append(jsonString: candidate.why)
    append("}")
  }

  private mutating func append(json note: Note) {
    append(#"{"code":"#)
    append(jsonString: note.code.rawValue)
    append(#","message":"#)
    append(orNull: note.message) { $0.append(decimal: $1) }
    append(#","text":"#)
    append(jsonString: note.text)
    append("}")
  }
}
