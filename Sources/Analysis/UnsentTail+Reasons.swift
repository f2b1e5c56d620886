import Records

// What is said of the way a tail has fared, in words.
extension UnsentTail {
  func whyAgain(_ groups: Groups) -> String {
    let how = streamWhy ?? "has the same contents for the same destinations"
    let name = groups.againBy.map { "call \($0)" } ?? otherSyscall ?? "a later send"
    return "\(name) \(how)"
  }

  func whyResumed(_ groups: Groups) -> String {
    var why: String
    if let otherSyscall, takerCount == 1 {
      why = "\(otherSyscall) sent what was left"
    } else if takerCount == 1, let taker = takers.first {
      why = "\(taker) \(streamWhy ?? begins)"
    } else {
      why = "by \(takerCount) sends, from \(takers.first ?? "") to \(takers.last ?? "")"
    }
    if groups.hasMoved { why += ", which fell short itself" }
    if groups.resumed.contains(where: reshaped.contains) {
      why += "; the datagrams are those of the call, cut or joined otherwise (UDP_SEGMENT)"
    }
    if reliesOnOrder { why += "; some messages are alike, and are taken in their order" }
    // With other control messages it is another message to the kernel.
    if let errno = verdict.errno, verdict.certainty == .certain, let at = verdict.at,
      fates.indices.contains(at), fates[at] == .taken, !isStream,
      !reshaped.contains(at), takenExactly.contains(at)
    {
      why += "; message \(at) went out this time, although \(errno.name) was diagnosed"
    }
    return why
  }

  /// Of the first send that took messages up.
  private var begins: String {
    let message = begunAt ?? 0
    return isBegunBehind ? "has message \(message) behind others" : "begins at message \(message)"
  }

  /// By what messages were known again, where that was not all of them.
  func reservation(_ basis: String) -> String {
    if isBegunOnly { return "; only where it begins was compared" }
    return unsure.isEmpty ? "" : "; it looks so by \(basis)"
  }

  /// What else there is to say of messages that were not sent.
  func besides(_ messages: [Int]) -> String { partly(messages) + heldBack(messages) }

  /// Of messages that were sent in part only, how much was.
  private func partly(_ messages: [Int]) -> String {
    let cut = messages.filter { self.cut[$0] != nil }
    guard let message = cut.first, let sent = self.cut[message]?.seen.count else { return "" }
    let others = cut.count > 1 ? ", and of \(cut.count - 1) others as well only some" : ""
    return "; of message \(message) only \(sent) of its \(datagramCount(message)) datagrams"
      + " \(sent == 1 ? "was" : "were") sent\(others)"
  }

  /// Of messages that were counted and yet not sent.
  private func heldBack(_ messages: [Int]) -> String {
    let dropped = messages.filter { droppedHeldBack.contains($0) }
    guard let first = dropped.first, let last = dropped.last else { return "" }
    let which =
      first == last
      ? "message \(first) was"
      : "messages \(first)\(last == first + 1 ? " and " : " to ")\(last) were"
    return "; \(which) counted, held back (MSG_MORE, UDP_CORK), and dropped by the kernel with"
      + " message \(droppedHeldBack.upperBound)"
  }

  func whySkipped(_ groups: Groups) -> String {
    guard let by = groups.skippedBy else {
      return "what stood behind was sent by \(takers.first ?? "")"
    }
    if takerCount == 1, let begunAt, begunAt > (groups.skipped.last ?? 0) {
      return "call \(by) \(begins)"
    }
    return "call \(by) sent messages from behind"
  }

  func whyAbandoned(_ end: End) -> String {
    var parts: [String] = []
    if let name = others.firstName {
      parts.append(
        others.count == 1
          ? "\(name) sent other data" : "\(others.count) sends, from \(name) on, had other data")
    }
    if case .gone(let why, _) = end { parts.append(why) }
    if case .closed = end {
      parts.append(hasNoSocket ? "the descriptor was no socket" : "the socket was closed")
    }
    return parts.joined(separator: ", and ")
  }

  /// By what it was judged that messages were not sent so far: what may come later was not waited
  /// for.
  func bound(_ end: End) -> String {
    var parts: [String] = []
    switch end {
    case .patience(let bound): parts.append(bound)
    case .gone(_, let heirs?): parts.append(heirs)
    case .closed where others.count > 0: parts.append("waited for until the socket was closed")
    case .gone, .closed, .settled, .untold, .forgotten: break
    }
    if isCutOff { parts.append("a stream with other bytes there is not followed on") }
    if let unseen = elsewhere.unseen { parts.append("\(unseen) could not be compared") }
    return parts.map { "; \($0)" }.joined()
  }

  var whyElsewhere: String {
    "\(elsewhere.candidate ?? "a send") has the same for the same destinations, which may be these"
      + " or a copy"
  }

  func whyUntold(_ end: End) -> String {
    switch end {
    case .untold(let why), .forgotten(let why): return why
    case .settled, .gone, .patience, .closed: break
    }
    if hasUnreadRest {
      return "what followed may have been these: their contents were not read"
    }
    if let unseen = elsewhere.unseenRest {
      return "\(unseen) may have these, and could not be compared"
    }
    return isStream || !cut.isEmpty
      ? "it was not sent to its end when it was waited for no longer"
      : "others that were taken up look the same, as far as they were kept"
  }

  /// What trying again came to, next to the diagnosis.
  var tried: String {
    guard tries.count > 0 else { return "" }
    let names = tries.errnos.map(\.name).sorted().joined(separator: " or ")
    var text =
      tries.count == 1
      ? "; tried again once, which returned \(names)"
      : "; tried again \(tries.count) times, which returned \(names)"
    if let (name, errno) = tries.ofFailed, let diagnosed = verdict.errno,
      verdict.source != .returnValue
    {
      text +=
        errno == diagnosed
        ? ": \(name) returned \(errno.name), as diagnosed"
        : ": \(name) returned \(errno.name), where \(diagnosed.name) was diagnosed"
    }
    return text
  }
}
