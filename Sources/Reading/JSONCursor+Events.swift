import Records

// The records that are not calls.
extension JSONCursor {
  private enum StartKey: String, CaseIterable {
    case kind, schema, version, time, command, pids, kernel, stops, sees
    case blindTo = "blind_to"
    case localPorts = "local_ports"
    case previous
  }
  private static let startKeys = JSONKeys<StartKey>()

  mutating func traceStart() throws(JSONFault) -> TraceStart {
    let start = position
    var (schema, version, kernel) = (nil as UInt64?, nil as String?, nil as String?)
    var (time, stops) = (nil as UInt64?, nil as TraceStart.StopMethod?)
    var (command, sees, blindTo) = (nil as [String]?, [String](), [String]())
    var (pids, previous) = ([Int32](), nil as String?)
    var localPorts: ClosedRange<UInt16>?
    var object = try beginObject()
    while let key = try nextKey(&object, Self.startKeys) {
      switch key {
      case .kind: try skipValue()
      case .schema: schema = try integer()
      case .version: version = try string()
      case .time: time = try self.time()
      case .command: command = takeNull() ? nil : try strings()
      case .pids: pids = try integers()
      case .kernel: kernel = try string()
      case .stops: stops = try choice()
      case .sees: sees = try strings()
      case .blindTo: blindTo = try strings()
      case .localPorts: localPorts = takeNull() ? nil : try range()
      case .previous: previous = try optionalString()
      }
    }
    guard try schema.required(StartKey.schema, at: start) == UInt64(TraceStart.schema) else {
      throw JSONFault(offset: start, reason: .unknownValue("schema"))
    }
    return TraceStart(
      version: try version.required(StartKey.version, at: start),
      time: try time.required(StartKey.time, at: start), command: command, pids: pids,
      kernel: kernel ?? "", stops: try stops.required(StartKey.stops, at: start), sees: sees,
      blindTo: blindTo, localPorts: localPorts, previous: previous)
  }

  /// The number of the schema, of a `trace_start` that may be of one we cannot read.
  mutating func schema() throws(JSONFault) -> UInt64? {
    var object = try beginObject()
    while let key = try nextKey(&object, Self.startKeys) {
      if key == .schema { return try integer() }
      try skipValue()
    }
    return nil
  }

  private enum FollowUpKey: String, CaseIterable {
    case kind, of, by, how, messages, final, revises
    case beginningOnly = "beginning_only"
    case countedElsewhere = "counted_elsewhere"
    case why
  }
  private static let followUpKeys = JSONKeys<FollowUpKey>()

  mutating func followUp() throws(JSONFault) -> FollowUp {
    let start = position
    var (of, by, how) = (nil as UInt64?, nil as UInt64?, nil as FollowUp.How?)
    var (messages, why, isFinal) = ([Int](), nil as String?, true)
    var revises: FollowUp.How?
    var (isBeginningOnly, countedElsewhere) = (false, [Int]())
    var object = try beginObject()
    while let key = try nextKey(&object, Self.followUpKeys) {
      switch key {
      case .kind: try skipValue()
      case .of: of = try integer()
      case .by: by = try optionalInteger()
      case .how: how = try choice()
      case .messages: messages = try integers()
      case .final: isFinal = try flag()
      case .revises: revises = takeNull() ? nil : try choice()
      case .beginningOnly: isBeginningOnly = try flag()
      case .countedElsewhere: countedElsewhere = try integers()
      case .why: why = try string()
      }
    }
    var followUp = FollowUp(
      of: try of.required(FollowUpKey.of, at: start), by: by,
      how: try how.required(FollowUpKey.how, at: start), messages: messages, why: why ?? "",
      isFinal: isFinal)
    followUp.revises = revises
    (followUp.isBeginningOnly, followUp.countedElsewhere) = (isBeginningOnly, countedElsewhere)
    return followUp
  }

  private enum ProcessKey: String, CaseIterable {
    case kind, time, event, pid, tid
    case innerPid = "ns_pid"
    case parent, comm, abi, threads, code, signal, why
  }
  private static let processKeys = JSONKeys<ProcessKey>()

  mutating func processEvent() throws(JSONFault) -> ProcessEvent {
    let start = position
    var (time, kind) = (nil as UInt64?, nil as ProcessEvent.Kind?)
    var (pid, tid) = (nil as Int32?, nil as Int32?)
    var event = ProcessEvent(time: 0, kind: .started, pid: 0, tid: 0)
    var object = try beginObject()
    while let key = try nextKey(&object, Self.processKeys) {
      switch key {
      case .kind: try skipValue()
      case .time: time = try self.time()
      case .event: kind = try choice()
      case .pid: pid = try integer()
      case .tid: tid = try integer()
      case .innerPid: event.innerPid = try optionalInteger()
      case .parent: event.parent = try optionalInteger()
      case .comm: event.comm = try optionalString()
      case .abi: event.abi = try optionalNamed(ABI.init(name:))
      case .threads: event.threads = try optionalInteger()
      case .code: event.code = try optionalInteger()
      case .signal: event.signal = try optionalNamed(Signal.init(name:))
      case .why: event.why = try optionalString()
      }
    }
    event.time = try time.required(ProcessKey.time, at: start)
    event.kind = try kind.required(ProcessKey.event, at: start)
    event.pid = try pid.required(ProcessKey.pid, at: start)
    event.tid = try tid.required(ProcessKey.tid, at: start)
    return event
  }

  private enum EndKey: String, CaseIterable {
    case kind, time, calls
    case messagesAsked = "messages_asked"
    case messagesSent = "messages_sent"
    case bytesSent = "bytes_sent"
    case outcomes, lost
    case leftOut = "left_out"
    case queueWaits = "queue_waits"
    case exit, losses
  }
  private static let endKeys = JSONKeys<EndKey>()

  mutating func traceEnd() throws(JSONFault) -> TraceEnd {
    let start = position
    var (time, calls) = (nil as UInt64?, nil as UInt64?)
    var end = TraceEnd(
      time: 0, calls: 0, messagesAsked: 0, messagesSent: 0, bytesSent: 0, outcomes: [], lost: 0,
      leftOut: 0, queueWaits: 0, exit: nil)
    var object = try beginObject()
    while let key = try nextKey(&object, Self.endKeys) {
      switch key {
      case .kind: try skipValue()
      case .time: time = try self.time()
      case .calls: calls = try integer()
      case .messagesAsked: end.messagesAsked = try integer()
      case .messagesSent: end.messagesSent = try integer()
      case .bytesSent: end.bytesSent = try integer()
      case .outcomes: end.outcomes = try counts(by: Self.outcomeKeys)
      case .lost: end.lost = try integer()
      case .leftOut: end.leftOut = try integer()
      case .queueWaits: end.queueWaits = try integer()
      case .exit: end.exit = takeNull() ? nil : try exitStatus()
      case .losses: end.losses = try losses()
      }
    }
    end.time = try time.required(EndKey.time, at: start)
    end.calls = try calls.required(EndKey.calls, at: start)
    return end
  }

  private static let outcomeKeys = JSONKeys<Verdict.Outcome>()

  private enum ExitKey: String, CaseIterable { case code, signal }
  private static let exitKeys = JSONKeys<ExitKey>()

  private mutating func exitStatus() throws(JSONFault) -> ExitStatus {
    let start = position
    var status: ExitStatus?
    var object = try beginObject()
    while let key = try nextKey(&object, Self.exitKeys) {
      switch key {
      case .code: if let code: Int32 = try optionalInteger() { status = .exited(code) }
      case .signal:
        if let signal = try optionalNamed(Signal.init(name:)) { status = .killed(signal) }
      }
    }
    return try status.required(ExitKey.code, at: start)
  }
}
