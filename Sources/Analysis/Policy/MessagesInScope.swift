import Records

/// The messages of one call that a rule is about.
struct MessagesInScope {
  let call: SendCall
  let verdict: Verdict
  /// Of the messages that the record shows.
  let indices: [Int]
  /// True where the rule is about all messages, also those that the record does not show.
  let isAll: Bool
  /// Messages of which it cannot be told whether the rule is about them: nobody told where they go.
  let unplaced: UInt64

  init(_ call: SendCall, _ verdict: Verdict, _ destinations: [PolicyDestination]) {
    self.call = call
    self.verdict = verdict
    isAll = destinations.isEmpty
    var unplaced: UInt64 = 0
    indices = call.messages.indices.filter { index in
      guard !destinations.isEmpty else { return true }
      guard let address = call.destinationOrFamily(ofMessage: index) else { return false }
      let isMeant = destinations.lazy.map(\.value).decide(address)
      if isMeant == nil { unplaced += 1 }
      return isMeant == true
    }
    self.unplaced = unplaced
  }

  var isEmpty: Bool { !isAll && indices.isEmpty }

  var count: Int { isAll ? Int(verdict.asked) : indices.count }

  /// What the call adds to a count.
  func amount(of measure: PolicyMeasure) -> UInt64 {
    switch measure {
    case .calls: 1
    case .messages: isAll ? UInt64(verdict.sent) : UInt64(countedCount)
    case .bytes: isAll ? verdict.bytesSent : sentBytes
    case .partial: verdict.outcome == .partial ? 1 : 0
    case .short: verdict.outcome == .short ? 1 : 0
    case .capped: verdict.outcome == .capped ? 1 : 0
    case .failed: verdict.outcome == .failed ? 1 : 0
    case .unfinished: verdict.outcome == .unfinished ? 1 : 0
    case .unsent: unsentCount
    default: 0
    }
  }

  /// In bytes; nil where it is not known.
  func size(ofMessage index: Int, as measure: PolicyMeasure) -> UInt64? {
    let message = call.messages[index]
    guard measure == .datagram, let segmentation = message.segmentation, let bytes = message.bytes
    else { return message.bytes }
    return min(bytes, UInt64(segmentation.size))
  }

  /// Asks of each message whether it is as it should be; nil for not known.
  func judge(_ isRight: (Int) -> Bool?) -> Judgement {
    var judgement = Judgement()
    for index in indices {
      switch isRight(index) {
      case true: continue
      case false: judgement.offenders.append(index)
      case nil: judgement.unjudged += 1
      }
    }
    return judgement
  }

  /// What the program was told of, as `trace_end` adds it up.
  private var countedCount: Int {
    indices.count { [.sent, .short].contains(verdict.state(ofMessage: $0)) }
  }

  /// With what was sent although the count does not say so.
  private var takenCount: Int {
    indices.count { [.sent, .short, .uncounted].contains(verdict.state(ofMessage: $0)) }
  }

  private var sentBytes: UInt64 {
    indices.reduce(0) { $0 &+ UInt64(call.messages[$1].sentLength ?? 0) }
  }

  private var unsentCount: UInt64 {
    if verdict.outcome == .unfinished { return 0 }
    if isAll {
      return UInt64(verdict.asked)
        - min(
          UInt64(verdict.asked), UInt64(verdict.sent) + UInt64(verdict.uncounted))
    }
    return UInt64(indices.count - takenCount)
  }
}

/// Which messages of a call are not as a rule wants them.
struct Judgement {
  var offenders: [Int] = []
  /// Messages of which it could not be told.
  var unjudged: UInt64 = 0
  /// The same, since nobody told where they go.
  var unplaced: UInt64 = 0
  var reason = ""
  var destination: SocketAddress?
  var fix: String?

  /// The same, with what is wrong with the first.
  func saying(_ reason: String, _ destination: SocketAddress? = nil, fix: String? = nil) -> Self {
    var judgement = self
    judgement.reason = reason
    judgement.destination = destination
    judgement.fix = fix
    return judgement
  }

  /// One finding for all messages of the call; nil where all are right.
  func finding(_ call: SendCall, _ severity: PolicyRule.Severity) -> PolicyFinding? {
    guard let first = offenders.first else { return nil }
    let more = offenders.count - 1
    return PolicyFinding(
      call: call.sequence, message: first, program: call.comm, severity: severity,
      reason: more == 0 ? reason : "\(reason) (and \(more) more of the call)",
      destination: destination, fix: fix)
  }
}

extension SendCall {
  /// Where a message goes; where nobody says it (a socket pair, netlink), the socket's family
  /// alone. Nil where it cannot be known.
  func destinationOrFamily(ofMessage index: Int) -> SocketAddress? {
    if let address = destination(ofMessage: index) { return address }
    guard let header = messages[index].header, let family = socket?.family,
      header.name.isNull || header.nameLength == 0
    else { return nil }
    return SocketAddress(
      family: family, form: family == .unix ? .unix(.unnamed) : .undecoded, raw: nil)
  }
}

extension Verdict {
  /// True where messages may have to be offered again.
  var isShort: Bool {
    switch outcome {
    case .partial, .short, .capped, .failed, .unfinished: true
    case .complete, .empty: false
    }
  }

  /// `3 of 5 sent, EMSGSIZE (certain): payload of …`
  var shortfall: String? {
    guard isShort, outcome != .unfinished else { return nil }
    var text = "\(sent) of \(asked) sent"
    if let errno { text += ", \(errno.name)" }
    if let certainty, let why { text += " (\(certainty.rawValue)): \(why)" }
    return text
  }
}

extension PolicyMeasure {
  var isAboutShortfalls: Bool {
    switch self {
    case .partial, .short, .capped, .failed, .unfinished, .unsent: true
    default: false
    }
  }
}
