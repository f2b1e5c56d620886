import Records

// Calls and their verdicts.
extension JSONCursor {
  private enum CallKey: String, CaseIterable {
    case kind, seq, time
    case monotonic = "monotonic_ns"
    case duration = "duration_ns"
    case pid, tid, comm, abi, syscall, fd, socket, msgvec, vlen, flags
    case result = "return"
    case errno, messages, verdict, notes
  }
  private static let callKeys = JSONKeys<CallKey>()

  mutating func call() throws(JSONFault) -> (SendCall, Verdict) {
    let start = position
    var (sequence, time, verdict) = (nil as UInt64?, nil as UInt64?, nil as Verdict?)
    var (fd, vector, length) = (nil as Int32?, nil as RemoteAddress?, nil as UInt32?)
    var (flags, result, errno) = (nil as SendFlags?, nil as Int64?, nil as Errno?)
    var (pid, tid) = (nil as Int32?, nil as Int32?)
    var call = SendCall(
      sequence: 0, time: 0, monotonic: 0, duration: nil, pid: 0, tid: 0, comm: "", abi: .x86_64,
      syscall: .sendmmsg, arguments: nil, socket: nil, result: .unfinished, messages: [], notes: [])
    var object = try beginObject()
    while let key = try nextKey(&object, Self.callKeys) {
      switch key {
      case .kind: try skipValue()
      case .seq: sequence = try integer()
      case .time: time = try self.time()
      case .monotonic: call.monotonic = try integer()
      case .duration: call.duration = try optionalInteger()
      case .pid: pid = try integer()
      case .tid: tid = try integer()
      case .comm: call.comm = try string()
      case .abi: call.abi = try named(ABI.init(name:))
      case .syscall: call.syscall = try named(Syscall.init(name:))
      case .fd: fd = try optionalInteger()
      case .socket: call.socket = takeNull() ? nil : try socket()
      case .msgvec: vector = try optionalPointer()
      case .vlen: length = try optionalInteger()
      case .flags: flags = try optionalFlags()
      case .result: result = try optionalInteger()
      case .errno: errno = try optionalNamed(Errno.init(name:))
      case .messages: call.messages = try messages()
      case .verdict: verdict = try self.verdict()
      case .notes: call.notes = try notes()
      }
    }
    call.sequence = try sequence.required(CallKey.seq, at: start)
    call.time = try time.required(CallKey.time, at: start)
    call.pid = try pid.required(CallKey.pid, at: start)
    call.tid = try tid.required(CallKey.tid, at: start)
    if let fd, let vector, let length, let flags {
      call.arguments = SendArguments(fd: fd, vector: vector, vectorLength: length, flags: flags)
    }
    if let result {
      if result == -1 {
        call.result = .failed(try errno.required(CallKey.errno, at: start))
      } else if let count = UInt32(exactly: result) {
        call.result = .returned(count)
      } else {
        throw JSONFault(offset: start, reason: .outOfRange)
      }
    }
    return (call, try verdict.required(CallKey.verdict, at: start))
  }

  private enum VerdictKey: String, CaseIterable {
    case outcome, cause, at, errno, certainty, source, why, candidates, asked, sent, uncounted
    case bytesAsked = "bytes_asked"
    case bytesSent = "bytes_sent"
  }
  private static let verdictKeys = JSONKeys<VerdictKey>()

  private mutating func verdict() throws(JSONFault) -> Verdict {
    let start = position
    var (outcome, asked) = (nil as Verdict.Outcome?, nil as UInt32?)
    var verdict = Verdict(outcome: .complete, asked: 0)
    var object = try beginObject()
    while let key = try nextKey(&object, Self.verdictKeys) {
      switch key {
      case .outcome: outcome = try choice()
      case .cause: verdict.cause = try optionalChoice()
      case .at: verdict.at = try optionalInteger()
      case .errno: verdict.errno = try optionalNamed(Errno.init(name:))
      case .certainty: verdict.certainty = try optionalChoice()
      case .source: verdict.source = try optionalChoice()
      case .why: verdict.why = try optionalString()
      case .candidates: verdict.candidates = try candidates()
      case .asked: asked = try integer()
      case .sent: verdict.sent = try integer()
      case .uncounted: verdict.uncounted = try integer()
      case .bytesAsked: verdict.bytesAsked = try integer()
      case .bytesSent: verdict.bytesSent = try integer()
      }
    }
    verdict.outcome = try outcome.required(VerdictKey.outcome, at: start)
    verdict.asked = try asked.required(VerdictKey.asked, at: start)
    return verdict
  }

  private enum CandidateKey: String, CaseIterable { case errno, certainty, why }
  private static let candidateKeys = JSONKeys<CandidateKey>()

  private mutating func candidates() throws(JSONFault) -> [Verdict.Candidate] {
    var candidates: [Verdict.Candidate] = []
    var isFirst = true
    try beginList()
    while try hasElement(&isFirst) {
      let start = position
      var (errno, certainty) = (nil as Errno?, nil as Verdict.Certainty?)
      var why = ""
      var object = try beginObject()
      while let key = try nextKey(&object, Self.candidateKeys) {
        switch key {
        case .errno: errno = try named(Errno.init(name:))
        case .certainty: certainty = try choice()
        case .why: why = try string()
        }
      }
      candidates.append(
        Verdict.Candidate(
          errno: try errno.required(CandidateKey.errno, at: start),
          certainty: try certainty.required(CandidateKey.certainty, at: start), why: why))
    }
    return candidates
  }

  private enum NoteKey: String, CaseIterable { case code, message, text }
  private static let noteKeys = JSONKeys<NoteKey>()

  /// Notes whose code is not known here are passed over: codes may be added.
  private mutating func notes() throws(JSONFault) -> [Note] {
    var notes: [Note] = []
    var isFirst = true
    try beginList()
    while try hasElement(&isFirst) {
      let start = position
      var (code, message, text) = (nil as String?, nil as Int?, "")
      var object = try beginObject()
      while let key = try nextKey(&object, Self.noteKeys) {
        switch key {
        case .code: code = try string()
        case .message: message = try optionalInteger()
        case .text: text = try string()
        }
      }
      guard let known = Note.Code(rawValue: try code.required(NoteKey.code, at: start)) else {
        continue
      }
      notes.append(Note(code: known, message: message, text: text))
    }
    return notes
  }
}

extension Syscall {
  fileprivate init?(name: String) {
    switch name {
    case Syscall.sendmmsg.name: self = .sendmmsg
    case Syscall.socketcall.name: self = .socketcall
    default: return nil
    }
  }
}
