import CTracee
package import Records

/// Hands out the stops of all traced threads, at a cost that does not grow with their number.
///
/// `waitpid(-1)` walks the list of all tracees: 460 µs at 4,000. SIGCHLD says which thread stopped,
/// and waiting for that one is quick. But only one SIGCHLD is ever pending: a stop that happens
/// meanwhile is announced by nothing. So taking one leaves a full scan owed, which is paid when
/// there is nothing else to do, and no more often than keeps it to a small part of the time. So that
/// few have to wait for it, SIGCHLD is taken also where a stop was found without it, and the threads
/// that ran lately are asked at once. They are asked as well beside each that stopped: what is there
/// together is handed out together, and can be resumed so (Tracer.resumeTogether).
package struct WaitQueue: ~Copyable {
  /// What happened.
  package enum Event: ~Copyable {
    case stopped(Stop)
    case ended(tid: Int32, ExitStatus)
    /// A signal was sent to us, by a process or by the kernel (a terminal, mostly).
    case signal(SignalRelay.Sent)
    /// Nothing is traced any more.
    case noTracees
    /// The deadline has come.
    case deadline
  }

  /// False where spinning would keep the thread from running that is waited for.
  package var spins: Bool
  /// True while a CPU is needed for work of our own besides: where there are but two, the thread
  /// has the other one, and spinning would put off that work until it runs on the thread's.
  package var hasOtherWork = false
  private let hasThirdCPU: Bool

  private var mailbox: SignalMailbox
  // Found by a scan and not yet handed out, oldest first from `head`.
  private var found: [PolledStatus] = []
  private var head = 0
  /// The thread that was resumed last: often the next one to stop.
  private var hot: Int32?
  private var hotSince: UInt64 = 0
  private var hotTurns = 0
  // A call that is entered is often left at once, whenever the next one comes: two histories. Who
  // takes his time outside of calls is not slowed by a wake-up as one in a tight loop is, while the
  // spinning takes the CPU from the threads that he works with.
  private var hotIsInCall = false
  private var spinInCall = Spin(worthwhile: 75_000)
  private var spinOutside = Spin(worthwhile: 30_000)
  private var scanOwed = true
  /// How many scans in a row have found nobody that had been missed.
  private var fruitlessScans = 0
  private var recent = RecentThreads()
  private var recentOwed = false
  private var knownThreads = 0
  /// Threads that will stop once and are not among those that are asked for.
  private var passing: Set<Int32> = []
  private var lastScanEnd: UInt64 = 0
  private var lastScanCost: UInt64 = 0

  /// A scan asks so few threads one by one, each time.
  private static let fewThreads = 4
  private static let announcements = SignalSet([.child])
  /// So often in a row a hot thread may go first.
  private static let maximumHotTurns = 16
  /// Scanning takes at most one part in so many of the time, and more where one of the last few
  /// scans found a thread that had been missed.
  private static let scanShare: UInt64 = 30
  private static let fruitfulScanShare: UInt64 = 8
  private static let patience = 16
  /// So often a scan walks past all threads before it asks each of them.
  private static let maximumWalks = 6
  /// Nanoseconds that a scan of a few threads stays below: then it costs less than a timer does.
  private static let quickScan: UInt64 = 4_000

  package init(mailbox: SignalMailbox) {
    self.mailbox = mailbox
    let count = CPUMask.ownCount
    spins = count > 1
    hasThirdCPU = count > 2
  }

  /// True while a stop is known of and has not been handed out.
  var holdsStops: Bool { head < found.count }

  /// True while a thread has stopped and has not been handed out.
  package mutating func findStops(of threads: some Collection<Int32>) -> Bool {
    if head == found.count { _ = scan(threads) }
    return head < found.count
  }

  /// Says that this thread runs again and will probably be the next to stop.
  package mutating func expect(_ tid: Int32, inCall: Bool) {
    hot = tid
    hotSince = Clock.monotonic()
    hotIsInCall = inCall
    recent.note(tid, resumed: hotSince)
  }

  /// Says that a thread will stop that is to be let go then, and that no one else knows of.
  package mutating func expectPassing(_ tid: Int32) {
    passing.insert(tid)
    scanOwed = true
  }

  /// Waits for the next event, up to `deadline` (CLOCK_MONOTONIC, nanoseconds; nil for ever).
  /// `threads` are the tids that may have stopped.
  package mutating func next(threads: some Collection<Int32>, deadline: UInt64? = nil) -> Event {
    // A new one may have stopped before anyone knew of it.
    if threads.count != knownThreads { scanOwed = true }
    knownThreads = threads.count
    while true {
      if head < found.count {
        let status = found[head]
        head += 1
        return event(status)
      }
      found.removeAll(keepingCapacity: true)
      head = 0
      let isTurnOfOthers = hotTurns >= Self.maximumHotTurns
      if !isTurnOfOthers, let status = spin() {
        hotTurns += 1
        recent.stopped(beside: status.tid, now: Clock.monotonic(), into: &found)
        if threads.count > 1 { findAnnounced(beside: status.tid) }
        return event(status)
      }
      hotTurns = 0
      // A queue that never empties must not put off the scan for ever.
      let now = Clock.monotonic()
      let share =
        fruitlessScans < Self.patience ? Self.fruitfulScanShare : Self.scanShare
      let scanDue = lastScanCost < Self.quickScan ? now : lastScanEnd &+ share &* lastScanCost
      if scanOwed, now >= scanDue {
        if scan(threads) { return .noTracees }
        continue
      }
      if recentOwed {
        recentOwed = false
        recent.stopped(now: now, into: &found)
        if !found.isEmpty { continue }
      }
      if let deadline, now >= deadline { return .deadline }
      let wakeUp = min(scanOwed ? scanDue : .max, deadline ?? .max)
      let timeout = isTurnOfOthers ? 0 : wakeUp == .max ? -1 : Int64(clamping: wakeUp &- now)
      let alone = threads.count == 1 && passing.isEmpty ? threads.first : nil
      if let event = takeSignal(timeout: timeout, alone: alone) { return event }
    }
  }

  /// One signal, waited for up to `timeout` nanoseconds; nil where it led to nothing.
  /// `alone` is the only thread there is.
  private mutating func takeSignal(timeout: Int64, alone: Int32?) -> Event? {
    var sender: Int32 = 0
    var fromKernel = false
    var set = mailbox.awaited.native
    let number = unsafe tracee_wait_signal(&set, timeout, &sender, &fromKernel)
    guard number > 0 else { return nil }
    let signal = Signal(rawValue: number)
    guard signal == .child else {
      return .signal(.init(signal: signal, sender: fromKernel ? nil : sender))
    }
    scanOwed = true
    recentOwed = true
    guard let status = PolledStatus.of(sender) else { return nil }
    // Nobody else can have been missed. A new child that stops first may hide its maker's stop.
    if sender == alone {
      scanOwed = false
      recentOwed = false
    }
    return event(status)
  }

  /// Adds who is announced, beside `tid`, which was found unannounced.
  private mutating func findAnnounced(beside tid: Int32) {
    scanOwed = true
    if let status = takeAnnounced(), status.tid != tid { found.append(status) }
  }

  /// Takes the SIGCHLD that is pending; who it announces, where that one has stopped and is not
  /// found yet. Left there, it would keep from us those of all who stop later: beside a tight loop,
  /// which is found without it, one that makes a call now and then would wait for a scan.
  private func takeAnnounced() -> PolledStatus? {
    var sender: Int32 = 0
    var fromKernel = false
    var set = Self.announcements.native
    guard unsafe tracee_wait_signal(&set, 0, &sender, &fromKernel) > 0,
      !found[head...].contains(where: { $0.tid == sender })
    else { return nil }
    return PolledStatus.of(sender)
  }

  /// Looks at every tracee; true where there is none.
  private mutating func scan(_ threads: some Collection<Int32>) -> Bool {
    let start = Clock.monotonic()
    let isCrowd = threads.count > Self.fewThreads
    recentOwed = false
    fruitlessScans += 1
    defer {
      lastScanEnd = Clock.monotonic()
      lastScanCost = lastScanEnd &- start
    }
    var last: Int32 = 0
    for _ in 0..<Self.maximumWalks {
      if isCrowd, let announced = takeAnnounced(), announced.take() { found.append(announced) }
      // Owed again from the next SIGCHLD on: what stops from here on announces itself.
      scanOwed = false
      var status: Int32 = 0
      last = unsafe tracee_poll(-1, &status)
      if last == 0 { return false }
      if last < 0 { return head == found.count }
      let stopped = PolledStatus(tid: last, status: status)
      found.append(stopped)
      let now = Clock.monotonic()
      if !recent.contains(last, now: now) { fruitlessScans = 0 }
      // It may have stopped during the walk, as one in a tight loop does each time. It hides whoever
      // is behind it; what is taken is passed over by the next walk.
      guard isCrowd, stopped.take() else { break }
      recent.take(beside: last, now: now, into: &found)
    }
    // Where there are many, asking each is quicker than walking the list for each, and serves all
    // before any of them again.
    for other in threads where other != last {
      if let status = PolledStatus.of(other) { found.append(status) }
    }
    scanOwed = true
    return false
  }

  /// Asks for the thread that was resumed last, for as long as it is likely to stop.
  private mutating func spin() -> PolledStatus? {
    guard spins, !hasOtherWork || hasThirdCPU, let hot else { return nil }
    guard hotIsInCall else { return spinOutside.poll(hot, since: hotSince) }
    // One that makes a call now and then does not notice 20 µs, but our share of a CPU is noticed.
    return spinOutside.isUnhurried
      ? PolledStatus.of(hot) : spinInCall.poll(hot, since: hotSince)
  }

  /// Notes how long the thread took that was resumed last, which has stopped, or another has.
  private mutating func note(_ tid: Int32) {
    guard let hot else { return }
    self.hot = nil
    let time = tid == hot ? Clock.monotonic() &- hotSince : nil
    if hotIsInCall { spinInCall.note(time) } else { spinOutside.note(time) }
  }

  private mutating func event(_ status: PolledStatus) -> Event {
    note(status.tid)
    if !passing.isEmpty { passing.remove(status.tid) }
    return switch WaitStatus(status.status) {
    case .ended(let exit): .ended(tid: status.tid, exit)
    case .stopped(let event): .stopped(Stop(tid: status.tid, event: event))
    }
  }
}
