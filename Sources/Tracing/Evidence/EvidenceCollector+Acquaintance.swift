import Glibc

/// How well those are known who may have sockets of the traced processes.
struct Acquaintance {
  /// It is looked who has what, while a thread waits at the entry of its call, for the first calls
  /// that need it, and for a while behind each that fell short.
  var effort = RestWatch()
  /// Since when there may be some who have them and are not traced (CLOCK_MONOTONIC); 0 where these
  /// are known, or there are none.
  var outOfSightSince: UInt64 = 0
  /// How many looks at all processes there had been when one was asked for; nil where none was.
  var asked: UInt64?
}

// Before a call begins. Who has the socket for the call alone, and closes it before that ends, is
// not among those who have it afterwards; but nobody comes by a socket unseen, where it is not
// passed to him. He has made it, or came from one that had it: whoever was looked at since he came,
// and, where the caller came from him, since the caller did, has none of the caller's that was not
// seen then.
extension EvidenceCollector {
  /// Makes sure that all who may have sockets of a process are known, before a call of its begins:
  /// false where they are not.
  mutating func meet(
    _ process: TracedProcess, in table: inout ThreadTable, _ ringCount: UInt64
  ) -> Bool {
    if process.hasMetAncestors, acquaintance.outOfSightSince == 0,
      table.newcomers.areNone(besides: process)
    {
      return true
    }
    guard !isStillLooking, acquaintance.effort.isDue(at: Clock.monotonic()) else { return false }
    let strangers = lookAtStrangers(to: process, in: &table, ringCount, isBehindCall: false)
    // Who is ending does nothing any more.
    return strangers.unseen.isEmpty && acquaintance.outOfSightSince == 0
  }

  /// Looks at the processes that have not been looked at since they came, and at those that
  /// `process` came from; behind a call once more, as they may be gone in a moment, and with them
  /// what they were given in it. Returns those that would be too many, or were going.
  mutating func lookAtStrangers(
    to process: TracedProcess, in table: inout ThreadTable, _ ringCount: UInt64, isBehindCall: Bool
  ) -> (unseen: [Int32], ending: [Int32]) {
    let all = watch.lookAtAll
    table.newcomers.removeAll(begunBefore: all.time)
    table.newcomersBehind.removeAll(begunBefore: all.time)
    if acquaintance.outOfSightSince <= all.time { acquaintance.outOfSightSince = 0 }
    if process.begun <= all.time { process.hasMetAncestors = true }
    var newcomers = table.newcomers.others(than: process)
    if isBehindCall { newcomers += table.newcomersBehind.others(than: process) }
    let ancestors = process.hasMetAncestors ? [] : table.living(process.ancestors)
    let pids = Set((newcomers + ancestors).map { $0.pid })
    if isStillLooking { return (Array(pids), []) }
    if !pids.isEmpty { watch.note(traced: table.processes.mapValues { $0.number }) }
    let left = watch.look(at: pids, ringCount: ringCount)
    let strangers = Set(left.unseen + left.ending)
    for newcomer in newcomers where !strangers.contains(newcomer.pid) {
      table.newcomers.remove(newcomer)
      if isBehindCall { table.newcomersBehind.remove(newcomer) }
    }
    if strangers.isDisjoint(with: ancestors.map { $0.pid }) { process.hasMetAncestors = true }
    if !left.unseen.isEmpty || acquaintance.outOfSightSince > 0 { askForAll(all.count) }
    return left
  }

  /// True while a look at all processes is on its way.
  private var isStillLooking: Bool {
    acquaintance.asked.map { watch.lookAtAll.count <= $0 } ?? false
  }

  /// Some processes are not traced any more, or never were, that may have sockets of those that
  /// are.
  mutating func loseSight() { acquaintance.outOfSightSince = Clock.monotonic() }

  /// Begins to look at those who had sockets of the traced processes before these were traced:
  /// where we attach, and where the command has inherited some.
  mutating func prepare(command: Int32?, attaches: Bool) {
    let inheritance = command.flatMap {
      SocketHolders.Inheritance(of: $0, limit: Self.fewDescriptors)
    }
    if let inheritance, !attaches { watch.note(inheritance) }
    guard attaches || command != nil && inheritance?.sockets.isEmpty != true else { return }
    loseSight()
    askForAll(watch.lookAtAll.count)
  }

  private mutating func askForAll(_ count: UInt64) {
    watch.prepare()
    acquaintance.asked = count
  }

  /// More are not looked through while the command waits.
  private static let fewDescriptors = 128
}
