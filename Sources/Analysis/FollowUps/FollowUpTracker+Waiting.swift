package import Records

// What ends the waiting: the processes go, the socket is closed, or it was long enough.
extension FollowUpTracker {
  /// For how long a tail is waited for.
  enum Limits {
    /// Sends on the socket, and nanoseconds, after which what was not sent is taken to be lost:
    /// both of the first line, or the second one alone.
    static let sends = 64
    static let second: UInt64 = 1_000_000_000
    static let hurry = second
    static let patience: UInt64 = 10_000_000_000
    /// Nanoseconds without any send on the socket.
    static let silence = FollowUp.longestSilence
    /// Nanoseconds without any send on the socket, after each of which it is asked whether the
    /// socket is still there.
    static let looks: [UInt64] = [patience, silence]
    /// Processes of which it is asked whether they have the socket of one that has ended.
    static let others = 64
  }

  /// A process came, changed or went.
  package mutating func add(_ event: ProcessEvent) -> [FollowUp] {
    programs.add(event)
    if event.kind != .refused { families.note(traced: event.pid) }
    switch event.kind {
    case .started, .refused: return []
    case .attached:
      // Another one may have forked it before, and left it a socket.
      families.attach(event.pid, event.comm)
      meetOutsiders(of: event.pid)
      return []
    case .forked:
      if let parent = event.parent { families.fork(event.pid, by: parent) }
      return []
    case .exec:
      if let family = families.exec(event.pid) {
        for one in tails.all(where: { $0.family == family }) { one.tail.hasExecuted = true }
      }
      return []
    case .exited:
      return end(event.pid, event.code.map { "exited with \($0)" } ?? "exited")
    case .killed:
      let killer = event.signal.map { "killed by \($0.name)" } ?? "killed"
      return end(event.pid, "was \(killer)", killer: killer)
    case .detached:
      families.blind(event.pid, "the process was let go before it could be told")
      return []
    }
  }

  /// Time goes by without anything that happens.
  package mutating func idle(now: UInt64) -> [FollowUp] { isWaiting ? sweep(now) : [] }

  private mutating func end(_ pid: Int32, _ what: String, killer: String? = nil) -> [FollowUp] {
    mirrors.forget(pid)
    return families.leave(pid).flatMap { left in
      if let killer, !left.isHeir, isWaiting {
        for one in tails.all(where: { $0.pid == pid }) { one.tail.killer = killer }
      }
      return end(left, pid, what)
    }
  }

  /// Nobody in the process knows the messages any more.
  private mutating func end(
    _ left: ProcessFamilies.Leaving, _ pid: Int32, _ what: String
  ) -> [FollowUp] {
    guard left.isLast else { return [] }
    repeaters.remove(left.family)
    guard tails.hasOther(than: .givenUp(0), of: left.family) else {
      families.forget(left.family)
      return []
    }
    let heirs =
      left.hasHeirs ? "another program that came out of it may have its socket" : nil
    let held = heirs == nil ? socketsHeldByOthers(of: left.family) : []
    noteOutsiders { $0.family == left.family }
    func end(_ tail: borrowing UnsentTail, heirs: String?) -> UnsentTail.End? {
      guard tail.family == left.family, heirs == nil || tail.told == nil else { return nil }
      if let blindness = left.blindness { return .untold(blindness) }
      let who =
        if tail.pid != pid {
          "process \(pid), the last that knew of them,"
        } else if tail.hasExecuted {
          "the process executed another program, which"
        } else {
          "the process"
        }
      return .gone("\(who) \(what)", heirs: heirs)
    }
    // What such a program sends takes back what was said so far.
    return conclude(goesOn: true) { key, tail in
      held.contains(key) ? end(tail, heirs: "another process has its socket") : nil
    }
      + conclude(goesOn: heirs != nil) { key, tail in
        held.contains(key) ? nil : end(tail, heirs: heirs)
      }
  }

  /// Sockets with tails of a family of which no one is left, that a traced process of another one
  /// has: it may have been forked before it was attached to, and know the messages.
  private func socketsHeldByOthers(of family: Int) -> Set<SocketKey> {
    let others = families.members(besides: family).prefix(Limits.others)
    guard let isOpen = settings.isOpen, !others.isEmpty else { return [] }
    return tails.keys(of: family).filter {
      if case .inode(let inode) = $0 { isOpen(inode, Array(others)) == true } else { false }
    }
  }

  /// Now and then: what has been waited for long enough.
  mutating func sweep(_ now: UInt64) -> [FollowUp] {
    guard now &- lastSweep >= Limits.hurry, now > lastSweep else { return [] }
    lastSweep = now
    tails.refill()
    noteOutsiders { $0.told != nil && $0.isOld(now) }
    return findClosed(now)
      + conclude(goesOn: true) { _, tail in tail.bound(now).map { .patience($0) } }
      + conclude { _, tail in
        if tail.told != nil, tail.isOld(now) {
          let wait = "\(Limits.silence / Limits.second) s"
          return .over("not sent within \(wait), and looked for no longer")
        }
        guard tail.told == nil, tail.others.count == 0, now > tail.returned,
          now - tail.returned >= Limits.silence
        else { return nil }
        return .untold("nothing was sent on the socket for \(Limits.silence / 1_000_000_000) s")
      }
  }

  /// Tails of sockets that nobody who knew the messages has any more. The messages may go out on
  /// another socket yet, so that this is no last word.
  private mutating func findClosed(_ now: UInt64) -> [FollowUp] {
    var closed: Set<UInt64> = []
    for one in tails.all(where: { $0.isDueForALook(now) }) {
      one.tail.looks += 1
      guard case .inode(let inode) = one.key else {
        if one.tail.hasNoSocket { closed.insert(one.tail.call) }
        continue
      }
      if settings.isOpen?(inode, families.members(of: one.tail.family)) == false {
        closed.insert(one.tail.call)
      }
    }
    return closed.isEmpty
      ? [] : conclude(goesOn: true) { closed.contains($1.call) ? .closed : nil }
  }
}

extension UnsentTail {
  /// True where nothing has followed for so long that its socket may be gone.
  fileprivate func isDueForALook(_ now: UInt64) -> Bool {
    let looks = FollowUpTracker.Limits.looks
    guard told == nil, self.looks < looks.count, others.count == 0, now > returned else {
      return false
    }
    return now - returned >= looks[self.looks]
  }

  /// How much was seen of what followed, once that is enough; nil before.
  func bound(_ now: UInt64) -> String? {
    let since = max(returned, takers.lastEnd)
    guard told == nil, others.count > 0 || takers.count > 0, now > since else { return nil }
    let (waited, limits) = (now - since, FollowUpTracker.Limits.self)
    // Nobody could say that these were not sent: they may come as they were.
    if waited < limits.silence, maybeRebuilt?.messages.count == fates.pendingCount { return nil }
    if others.count >= limits.sends, waited >= limits.hurry {
      return "waited for through \(limits.sends) sends and \(limits.hurry / limits.second) s"
    }
    guard waited >= limits.patience else { return nil }
    return "waited for \(limits.patience / limits.second) s"
  }

  /// True where what is sent now is not compared with it any more.
  func isOld(_ now: UInt64) -> Bool {
    now > returned && now - returned >= FollowUpTracker.Limits.silence
  }
}
