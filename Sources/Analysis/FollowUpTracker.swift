package import Records

/// Follows what programs do about the messages that their calls left unsent: the next sends on the
/// same socket, by whatever thread or process, and what becomes of the processes.
///
/// It is given what happens in the order in which it ended, and gives out what that decides. What
/// it remembers is bounded; what it has to forget is `unknown`.
package struct FollowUpTracker {
  package struct Settings {
    /// Bytes that a trace keeps of a message.
    package var payloadLimit: UInt64 = 32
    package var followsChildren = true
    /// Calls that a trace records; what comes later is not seen.
    package var maximumCalls: UInt64?
    /// Sends by other system calls are given to it too.
    package var seesOtherSends = false
    /// Whether one of these processes still has a socket, by its inode; nil where that is not known.
    package var isOpen: (@Sendable (UInt64, [Int32]) -> Bool?)?

    package init() {}
  }

  /// How much is remembered, and for how long.
  enum Limits {
    /// Sends on the socket, and nanoseconds, after which what was not sent is taken to be lost:
    /// both of the first line, or the second one alone.
    static let sends = 64
    static let hurry: UInt64 = 1_000_000_000
    static let patience: UInt64 = 10_000_000_000
    /// Nanoseconds without any send on the socket.
    static let silence: UInt64 = 60_000_000_000
    /// Nanoseconds without any send on the socket, after each of which it is asked whether the
    /// socket is still there.
    static let looks: [UInt64] = [1_000_000_000, 10_000_000_000, silence]
    static let tailsOfSocket = 64
    static let tails = 256
    static let bytes = 8 << 20
  }

  /// A socket by its inode; where that is not known, a process's descriptor.
  private enum SocketKey: Hashable {
    case inode(UInt64)
    case descriptor(Int32, Int32)
  }

  private let settings: Settings
  private let printer: MessagePrinter
  /// By socket, oldest first.
  private var tails: [SocketKey: [UnsentTail]] = [:]
  private var tailCount = 0
  private var byteCount = 0
  private var families = ProcessFamilies()
  private var lastSweep: UInt64 = 0
  /// Why calls may be made that are not recorded; nil while none can.
  private var blindness: String?
  private var summary = LossSummary()

  package init(_ settings: Settings) {
    self.settings = settings
    printer = MessagePrinter(payloadLimit: settings.payloadLimit)
    // Not every fork is told of then, either.
    if !settings.followsChildren {
      blindness = "children are not recorded (--no-follow), and may have sent them"
    }
  }

  /// True while something is waited for.
  package var isWaiting: Bool { tailCount > 0 }

  /// A call has ended. `rest` are the messages over the 1,024, where they were read.
  package mutating func add(
    _ call: SendCall, _ verdict: Verdict, rest: [Message] = []
  ) -> [FollowUp] {
    summary.add(call, verdict)
    if let limit = settings.maximumCalls, call.sequence >= limit {
      blindness = "recording ended before it could be told"
    }
    let fellShort = verdict.cause != nil && verdict.cause != .callError
    guard tailCount > 0 || fellShort, let arguments = call.arguments else { return [] }
    let key = call.socket.map { SocketKey.inode($0.inode) } ?? .descriptor(call.pid, arguments.fd)
    guard fellShort || tails[key] != nil else { return sweep(call.monotonic) }

    let prints = call.messages.map { printer.print(of: $0, on: call.socket) }
    var found: [FollowUp] = []
    var isTry = false
    if tails[key] != nil, verdict.cause != .callError, verdict.outcome != .empty {
      var offer = Offer(call, verdict, prints: prints)
      isTry = follow(&offer, on: key, &found)
    }
    if fellShort, !isTry {
      let restPrints = rest.map { printer.print(of: $0, on: call.socket) }
      if let tail = UnsentTail(call, verdict, prints: prints, restOfCap: restPrints) {
        open(tail, on: key, &found)
      }
    }
    return found + sweep(call.monotonic &+ (call.duration ?? 0))
  }

  /// A send by another system call has ended.
  package mutating func add(_ send: OtherSend) -> [FollowUp] {
    guard tailCount > 0 else { return [] }
    let key = send.socket.map { SocketKey.inode($0.inode) } ?? .descriptor(send.pid, send.fd)
    guard tails[key] != nil else { return [] }
    var offer = Offer(send, print: printer.print(of: send.message, on: send.socket))
    var found: [FollowUp] = []
    _ = follow(&offer, on: key, &found)
    return found
  }

  /// A process came, changed or went.
  package mutating func add(_ event: ProcessEvent) -> [FollowUp] {
    switch event.kind {
    case .started, .attached, .refused: return []
    case .forked:
      if let parent = event.parent { families.fork(event.pid, by: parent) }
      return []
    case .exec: return end(event.pid, "the process executed another program")
    case .exited:
      return end(event.pid, event.code.map { "the process exited with \($0)" } ?? "it exited")
    case .killed:
      return end(event.pid, event.signal.map { "the process was killed by \($0.name)" } ?? "killed")
    case .detached:
      families.blind(event.pid, "the process was let go before it could be told")
      return []
    }
  }

  /// What was lost so far.
  package var losses: Losses { summary.losses(isOnlySendmmsg: !settings.seesOtherSends) }

  /// Time goes by without anything that happens.
  package mutating func idle(now: UInt64) -> [FollowUp] { tailCount > 0 ? sweep(now) : [] }

  /// The trace has ended.
  package mutating func finish() -> [FollowUp] {
    let families = families
    return conclude { tail in
      .untold(families.blindness(of: tail.family) ?? "the trace ended before it could be told")
    }
  }
}

extension FollowUpTracker {
  /// True where the send only tried again what one of the tails has.
  private mutating func follow(
    _ offer: inout Offer, on key: SocketKey, _ found: inout [FollowUp]
  ) -> Bool {
    guard var here = tails.removeValue(forKey: key) else { return false }
    var isTry = false
    // Newest first: a call that fell short is what a program knows best.
    loop: for index in here.indices.reversed() {
      // A call that was under way already does not follow.
      guard offer.entered >= here[index].returned else { continue }
      let relation =
        here[index].isStream ? here[index].takeStream(offer) : here[index].take(&offer)
      switch relation {
      case .tried:
        isTry = true
        break loop
      case .tookUp where here[index].isStream: break loop
      case .tookUp, .unclear: break
      case .other where offer.sent > 0:
        if !here[index].isStream { here[index].noteOther(offer) }
      case .other: break
      }
    }
    var left: [UnsentTail] = []
    for tail in here {
      if tail.isSettled {
        found += close(tail, .settled)
      } else if tail.isOverdue(offer.left) {
        found += close(tail, .patience)
      } else {
        left.append(tail)
      }
    }
    if !left.isEmpty { tails[key] = left }
    return isTry
  }

  private mutating func open(_ tail: UnsentTail, on key: SocketKey, _ found: inout [FollowUp]) {
    var tail = tail
    tail.family = families.family(of: tail.pid)
    var here = tails.removeValue(forKey: key) ?? []
    if here.count >= Limits.tailsOfSocket, let oldest = here.first {
      here.removeFirst()
      found += close(
        oldest,
        oldest.others.count >= Limits.sends
          ? .patience : .untold("too many later calls fell short as well"))
    }
    tailCount += 1
    byteCount += tail.openBytes
    here.append(tail)
    tails[key] = here
    while tailCount > Limits.tails || byteCount > Limits.bytes, tailCount > 1 {
      found += forgetOldest()
    }
  }

  private mutating func forgetOldest() -> [FollowUp] {
    guard
      let oldest = tails.min(by: { ($0.value.first?.call ?? 0) < ($1.value.first?.call ?? 0) })
    else { return [] }
    var here = oldest.value
    let tail = here.removeFirst()
    tails[oldest.key] = here.isEmpty ? nil : here
    return close(tail, .untold("too much was left unsent to remember all of it"))
  }

  /// The records of a tail that is waited for no longer.
  private mutating func close(_ tail: UnsentTail, _ end: UnsentTail.End) -> [FollowUp] {
    tailCount -= 1
    byteCount -= tail.openBytes
    let end = tail.isSettled ? end : blindness.map { .untold($0) } ?? end
    let records = tail.records(
      end, basis: printer.basis, isOnlySendmmsg: !settings.seesOtherSends)
    summary.add(records, of: tail)
    return records
  }

  private mutating func conclude(
    _ decide: (UnsentTail) -> UnsentTail.End?
  ) -> [FollowUp] {
    var ended: [(UnsentTail, UnsentTail.End)] = []
    for (key, here) in tails {
      var left: [UnsentTail] = []
      for tail in here {
        if let end = decide(tail) { ended.append((tail, end)) } else { left.append(tail) }
      }
      if left.count < here.count { tails[key] = left.isEmpty ? nil : left }
    }
    ended.sort { $0.0.call < $1.0.call }
    return ended.flatMap { close($0, $1) }
  }

  /// Nobody in the process knows the messages any more.
  private mutating func end(_ pid: Int32, _ why: String) -> [FollowUp] {
    guard let (family, isLast, blindness) = families.leave(pid), isLast, tailCount > 0 else {
      return []
    }
    return conclude { tail in
      guard tail.family == family else { return nil }
      return blindness.map { .untold($0) } ?? .gone(why)
    }
  }

  /// Tails of sockets that nobody who knew the messages has any more. The messages may have gone
  /// out on another socket since, so that this is no last word.
  private mutating func findClosed(_ now: UInt64) -> [FollowUp] {
    guard let isOpen = settings.isOpen else { return [] }
    var closed: Set<UInt64> = []
    for (key, here) in tails {
      guard case .inode(let inode) = key else { continue }
      for index in here.indices where here[index].isDueForALook(now) {
        tails[key]?[index].looks += 1
        let processes = families.members(of: here[index].family)
        if isOpen(inode, processes) == false { closed.insert(here[index].call) }
      }
    }
    guard !closed.isEmpty else { return [] }
    return conclude { closed.contains($0.call) ? .closed : nil }
  }

  /// Now and then: what has been waited for long enough.
  private mutating func sweep(_ now: UInt64) -> [FollowUp] {
    guard now &- lastSweep >= Limits.hurry, now > lastSweep else { return [] }
    lastSweep = now
    return findClosed(now)
      + conclude { tail in
        if tail.isOverdue(now) { return .patience }
        guard tail.others.count == 0, now > tail.returned, now - tail.returned >= Limits.silence
        else { return nil }
        return .untold("nothing was sent on the socket for \(Limits.silence / 1_000_000_000) s")
      }
  }
}

extension UnsentTail {
  /// True where nothing has followed for so long that its socket may be gone.
  fileprivate func isDueForALook(_ now: UInt64) -> Bool {
    let looks = FollowUpTracker.Limits.looks
    guard self.looks < looks.count, others.count == 0, now > returned else { return false }
    return now - returned >= looks[self.looks]
  }

  /// True where enough has been seen of what followed.
  fileprivate func isOverdue(_ now: UInt64) -> Bool {
    guard others.count > 0 || takerCount > 0, now > returned else { return false }
    let waited = now - returned
    return waited >= FollowUpTracker.Limits.patience
      || others.count >= FollowUpTracker.Limits.sends && waited >= FollowUpTracker.Limits.hurry
  }
}
