import Records

// What is said of the way a tail has fared, in words.
extension UnsentTail {
  func whyAgain(_ groups: Groups) -> String {
    let how = recognition.streamWhy ?? "has the same contents for the same destinations"
    let name = groups.againBy.map { "call \($0)" } ?? takers.otherSyscall ?? "a later send"
    return "\(name) \(how)"
  }

  func whyResumed(_ groups: Groups) -> String {
    var why: String
    if let name = takers.otherSyscall, takers.count == 1 {
      why = "\(name) sent what was left"
    } else if takers.count == 1, let taker = takers.first {
      why = "\(taker) \(recognition.streamWhy ?? takers.begins)"
    } else {
      why = "by \(takers.count) sends, \(takers.names)"
    }
    if groups.movedCount > 0 {
      let which =
        groups.movedCount < groups.resumed.count
        ? "\(groups.movedCount) of them" : groups.movedCount == 1 ? "it" : "all of them"
      why += "; \(takers.count == 1 ? "that" : "these") fell short of \(which) in turn"
    }
    if groups.resumed.contains(where: recognition.reshaped.contains) {
      why += "; the datagrams are those of the call, cut or joined otherwise (UDP_SEGMENT)"
    }
    if recognition.reliesOnOrder {
      why += "; some messages are alike, and are taken in their order"
    }
    if rearranged.isSettled { why += "; in another order, each once" }
    if takers.isBehindOthers {
      why += "; other data stood before: it may be new data that is the same"
    }
    if !recognition.repeated.isEmpty {
      why +=
        "; with \(recognition.repeated.count) that had been sent, which it may have sent again for"
        + " reasons of its own"
    }
    // With other control messages it is another message to the kernel.
    if let errno = verdict.errno, verdict.certainty == .certain, let at = verdict.at,
      fates.indices.contains(at), fates[at] == .taken, !isStream,
      !recognition.reshaped.contains(at), recognition.takenExactly.contains(at)
    {
      why += "; message \(at) went out this time, although \(errno.name) was diagnosed"
    }
    return why
  }

  /// True where these were known again by how they begin; nil for all that were.
  func isBeginningOnly(_ messages: [Int]? = nil) -> Bool {
    if recognition.isBegunOnly { return true }
    guard let messages else { return !recognition.unsure.isEmpty }
    return messages.contains(where: recognition.unsure.contains)
  }

  /// By what messages were known again, where that was not all of their bytes.
  func reservation(_ basis: String, of messages: [Int]? = nil) -> String {
    guard isBeginningOnly(messages) else { return "" }
    return recognition.isBegunOnly
      ? "; only where it begins was compared" : "; it looks so by \(basis)"
  }

  /// What else there is to say of messages that were not sent.
  func besides(_ messages: [Int]) -> String {
    partly(messages) + heldBack(messages)
  }

  /// Of messages that were sent in part only, how much was.
  private func partly(_ messages: [Int]) -> String {
    let cut = messages.filter { self.cut[$0] != nil }
    guard let message = cut.first, let part = self.cut[message] else { return "" }
    let others = cut.count > 1 ? "; so it is of \(cut.count - 1) others, with other numbers" : ""
    let (all, sent, moved) = (prints.datagramCount(message), part.sent, part.moved.count)
    let was = sent == 1 ? "was" : "were"
    if moved == 0 {
      return "; of message \(message) only \(sent) of its \(all) datagrams \(was) sent\(others)"
    }
    let offered =
      sent == 0
      ? "only \(moved) were offered again, and none was sent"
      : "only \(sent) \(was) sent, and \(moved) more offered that were not sent"
    return "; of the \(all) datagrams of message \(message) \(offered)\(others)"
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
    if takers.count == 1, let begunAt = takers.begunAt, begunAt > (groups.skipped.last ?? 0) {
      return "call \(by) \(takers.begins)"
    }
    let message = fates.indices.first {
      $0 > groups.skipped.first ?? 0 && fates.isTakenUp($0) && fates.takenBy[$0] == by
    }
    // One that it offered, and fell short of, was not sent by it.
    let did = message.map { fates[$0] == .taken } == true ? "sent" : "offered"
    return "call \(by) \(did) message \(message ?? 0), which stands behind"
  }

  func whyAbandoned(_ end: End) -> String {
    var parts: [String] = []
    if let name = others.firstName {
      let what =
        shared.sends == 0 ? "other data" : "other data, or fewer of the same than were left"
      parts.append(
        others.count == 1
          ? "\(name) sent \(what)" : "\(others.count) sends, from \(name) on, had \(what)")
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
    case .gone, .closed, .settled, .over, .untold, .forgotten: break
    }
    if isCutOff { parts.append("it may come behind the other bytes") }
    if let outsider { parts.append(outsider.sentence) }
    if let unseen = elsewhere.unseen { parts.append("\(unseen) could not be compared") }
    if let whyNotLooked { parts.append(whyNotLooked) }
    return parts.map { "; \($0)" }.joined()
  }

  var whyPartly: String {
    perhapsWhole != nil
      ? "it may have been sent as a whole, if another thread made it shorter before it was read"
      : "the stream took as much of it as it had room for: how much was not counted"
  }

  var whyElsewhere: String {
    "\(elsewhere.candidate ?? "a send") has the same for the same destinations, which may be these"
      + " or a copy"
  }

  func whyUntold(_ end: End) -> String {
    switch end {
    case .untold(let why), .forgotten(let why): return why
    case .settled, .gone, .patience, .over, .closed: break
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
  func tried(_ messages: [Int]) -> String {
    let tried = messages.filter(tries.messages.contains)
    guard tries.count > 0, let first = tried.first else { return "" }
    let names = tries.errnos.map(\.name).sorted().joined(separator: " or ")
    let which =
      tried.count == messages.count
      ? "" : tried.count == 1 ? "message \(first) alone was " : "\(tried.count) of them were "
    let times = tries.count == 1 ? "once" : "\(tries.count) times"
    var text = "; \(which)tried again \(times), which returned \(names)"
    if let (name, errno) = tries.ofFailed, let diagnosed = verdict.errno,
      verdict.source != .returnValue
    {
      text +=
        errno == diagnosed
        ? ": \(name) returned \(errno.name), as diagnosed"
        : ": \(name) returned \(errno.name) this time; the error before it is diagnosed as \(diagnosed.name)"
    }
    return text
  }
}

extension Outsider {
  fileprivate var sentence: String {
    switch self {
    case .holder(let pid): "process \(pid), which is not traced, has its socket as well"
    case .relative(let pid):
      "process \(pid), which is not traced, came from the same program and may know them"
    case .unknown: "processes that are not traced may send them: not all could be looked into"
    }
  }
}
