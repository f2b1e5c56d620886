package import Records

/// Follows what programs do about the messages that their calls left unsent: the next sends on the
/// same socket, by whatever thread or process, sends of the same on other sockets, and what becomes
/// of the processes.
///
/// It is given what happens in the order in which it ended, and gives out what that decides. What
/// it remembers is bounded; what it has to forget is `unknown`.
package struct FollowUpTracker {
  typealias SocketKey = UnsentTails.SocketKey
  let settings: Settings
  private let printer: MessagePrinter
  var tails = UnsentTails()
  var families = ProcessFamilies()
  var programs = ProgramNames()
  var lastSweep: UInt64 = 0
  /// Why calls may be made that are not recorded; nil while none can.
  private var blindness: String?
  private var summary = LossSummary()
  private var heldBack = HeldBackPieces()
  private var ended = EndedOffers()
  private var repeated = RepeatedBatches()
  private var settled = SettledBatches()
  var mirrors = Mirrors()
  var contents = RepeatedContents()
  /// Families that send messages which are the same as others.
  var repeaters: Set<Int> = []
  private var lastPeers = LastPeers()

  package init(_ settings: Settings) {
    self.settings = settings
    printer = MessagePrinter(payloadLimit: settings.payloadLimit)
    if settings.followsChildren { return }
    // Not every fork is told of then, either.
    blindness = "children are not recorded (--no-follow), and may have sent them"
  }

  /// True while something is waited for.
  package var isWaiting: Bool { !tails.isEmpty }

  /// A call has ended.
  package mutating func add(
    _ call: SendCall, _ verdict: Verdict, _ leftover: Leftover = Leftover()
  ) -> [FollowUp] {
    guard let peer = lastPeers.lost(by: call) else { return take(call, verdict, leftover) }
    var call = call
    call.socket?.peer = peer
    return take(call, verdict, leftover)
  }

  private mutating func take(
    _ call: SendCall, _ verdict: Verdict, _ leftover: Leftover
  ) -> [FollowUp] {
    let program = programs.name(of: call)
    summary.add(call, verdict, of: program)
    if let limit = settings.maximumCalls, call.sequence >= limit {
      blindness = "recording ended before it could be told"
    }
    var found: [FollowUp] = []
    let fellShort = verdict.cause != nil
    let pace = repeated.note(call, isWhole: !fellShort)
    var (read, known): ([MessagePrint], [Bool]) = ([], [])
    defer {
      noteContents(call, sent: verdict.sent, read, known: known)
      mirrors.note(call, isWhole: !fellShort, read)
    }
    let holdsBack = call.holdsBack
    guard isWaiting || fellShort || holdsBack || !heldBack.isEmpty || leftover.isBeside,
      let arguments = call.arguments
    else { return [] }
    let key = SocketKey(call.socket, fd: arguments.fd, of: call.pid)
    var dropped = 0..<0
    if holdsBack || !heldBack.isEmpty {
      dropped = takeHeldBack(call, verdict, of: program, on: key, &found)
    }
    let isFollowed = isFollowed(by: call.pid, on: key)
    guard fellShort || isFollowed || leftover.isBeside else { return found + sweep(call.monotonic) }
    let prints = printer.prints(
      of: call.messages + leftover.messages, leftover.contents, on: call.socket
    ) { fellShort || leftover.isBeside || tails.mayTell($0) }
    read = prints
    var (isTry, sentBefore, takenBefore) = (false, Set<Int>(), StreamRest.Part?.none)
    var (copies, isOfRest) = (SettledBatches.Copies?.none, false)
    if isFollowed || leftover.isBeside, verdict.outcome != .empty {
      var offer = Offer(call, verdict, prints: prints, leftover.contents)
      offer.mayBeKnown = tails.mayHold(offer)
      offer.closedSocket = leftover.closedSocket
      offer.isByMirror = mirrors.contains(call.pid)
      offer.contents = printer.bytes(
        of: call.messages + leftover.messages, leftover.contents, on: call.socket)
      if isFollowed {
        isTry = follow(&offer, on: key, &found) || tryElsewhere(&offer, notOn: key, &found)
        followElsewhere(&offer, notOn: key, &found)
        (sentBefore, takenBefore, known) = (offer.again, offer.takenBefore, offer.used)
        copies = offer.copies
        isOfRest = offer.sent == 0 && tails.on(key).contains { $0.read { $0.mayBeRest(offer) } }
      }
      if leftover.isBeside { ended.remember(offer, on: key) }
    }
    if fellShort, !isTry, var tail = UnsentTail(call, verdict, prints: prints, leftover) {
      tail.family = families.family(of: tail.pid)
      tail.program = program
      if isOfRest { tail.noteOfRest() }
      (tail.period, tail.isTriedAtPace) = (pace?.period, pace?.isOfTries == true)
      if tail.isOfEqual { repeaters.insert(tail.family) }
      tail.noteRepeats(contents.repeated(by: call, prints, besides: sentBefore))
      tail.noteNew { contents.isNew($0, of: call, prints) }
      tail.fates.noteSentBefore(sentBefore)
      tail.noteTakenBefore(takenBefore)
      // A batch that goes out whole now and then is a new one each time.
      if copies == nil, pace?.isOfTries != false {
        copies = settled.copies(tail, on: key, isUsed: known)
      }
      tail.copies = copies
      tail.noteDropped(dropped)
      tail.keep(
        printer.bytes(
          of: call.messages + leftover.messages, leftover.contents, on: call.socket))
      tail.outsider = outsider(of: call, on: key, family: tail.family)
      open(tail, on: key, &found)
    }
    return found + sweep(call.monotonic &+ (call.duration ?? 0))
  }

  /// A send by another system call has ended.
  package mutating func add(_ send: OtherSend) -> [FollowUp] {
    let key = SocketKey(send.socket, fd: send.fd, of: send.pid)
    let print = printer.print(
      of: send.message, send.message.payload.data, on: send.socket
    ) { _ in true }
    var offer = Offer(send, print: print)
    offer.contents = printer.bytes(
      of: [send.message], [send.message.payload.data], on: send.socket)
    offer.mayBeKnown = tails.mayHold(offer)
    offer.isByMirror = mirrors.contains(send.pid)
    var found: [FollowUp] = []
    if isWaiting, isFollowed(by: send.pid, on: key) {
      _ = follow(&offer, on: key, &found)
      followElsewhere(&offer, notOn: key, &found)
    }
    ended.remember(offer, on: key)
    return found
  }

  /// What was lost so far. `totals` are those of all calls.
  package func losses(_ totals: TraceTotals) -> Losses {
    summary.losses(totals, isOnlySendmmsg: !settings.seesOtherSends)
  }

  /// The trace has ended.
  package mutating func finish() -> [FollowUp] {
    let families = families
    return conclude { _, tail in
      .untold(families.blindness(of: tail.family) ?? "the trace ended before it could be told")
    }
  }

  /// The records of all tails, or of `some`, of which `decide` says how they have ended.
  ///
  /// Where it `goesOn`, what is said not to have been sent so far is still looked for.
  mutating func conclude(
    among some: [WaitingTail]? = nil, goesOn: Bool = false,
    _ decide: (UnsentTails.SocketKey, borrowing UnsentTail) -> UnsentTail.End?
  ) -> [FollowUp] {
    tails.take(among: some, decide).flatMap {
      settled.remember($0.tail, on: $0.key)
      return close($0.tail, $0.end, goesOnOn: goesOn ? $0.key : nil)
    }
  }

  /// The records of a tail that is waited for no longer.
  mutating func close(
    _ tail: UnsentTail, _ end: UnsentTail.End, goesOnOn key: SocketKey? = nil
  ) -> [FollowUp] {
    var tail = tail
    tail.settleRearranged()
    let end = tail.isSettled ? end : blindness.map { .untold($0) } ?? end
    let (basis, isOnlySendmmsg) = (printer.basis, !settings.seesOtherSends)
    let records =
      tail.told == nil
      ? tail.records(end, basis: basis, isOnlySendmmsg: isOnlySendmmsg)
      : tail.lateRecords(basis: basis, isOnlySendmmsg: isOnlySendmmsg)
    summary.add(records, of: tail, end)
    let last = tail.finalRecords(end, besides: records, isOnlySendmmsg: isOnlySendmmsg)
    if let key, tail.noteTold(records) {
      tails.putBack(tail, key)
    } else {
      tails.forget(tail)
    }
    return records + last
  }
}

extension FollowUpTracker {
  /// Gives out the messages of the call that were counted and went down with the one that failed.
  private mutating func takeHeldBack(
    _ call: SendCall, _ verdict: Verdict, of program: String, on key: SocketKey,
    _ found: inout [FollowUp]
  ) -> Range<Int> {
    let dropped = heldBack.add(call, verdict, of: program, on: key)
    for other in dropped.others {
      summary.add(other.followUp, of: other.program, to: other.destination)
      found.append(other.followUp)
    }
    return dropped.own
  }

  /// Ends the waiting for a tail that its socket has no room for. What was not sent so far is
  /// looked for on, as what others left is.
  private mutating func giveUp(_ tail: UnsentTail) -> [FollowUp] {
    let key = SocketKey.givenUp(tail.family)
    var (tail, found) = (tail, [FollowUp]())
    tail.isGivenUp = true
    if let surplus = tails.takeSurplus(of: key) {
      found += close(surplus, .forgotten("too many later calls fell short as well"))
    }
    if tail.told == nil { return found + close(tail, tail.endBehindTooMany, goesOnOn: key) }
    tails.putBack(tail, key)
    return found
  }

  private mutating func open(_ tail: UnsentTail, on key: SocketKey, _ found: inout [FollowUp]) {
    var settled = tail
    ended.settle(&settled, on: key) {
      [families, family = tail.family] in families.known($0) == family
    }
    let tail = settled
    for one in tails.sharing([tail.prints.loose], on: key, of: tail.family) {
      one.tail.noteLeft(to: tail)
    }
    if let oldest = tails.open(tail, key) { found += giveUp(oldest) }
    while let oldest = tails.takeSurplus() {
      found += close(oldest, .forgotten("too much was left unsent to remember all of it"))
    }
    if tail.isSettled {
      found += conclude { [call = tail.call] _, other in other.call == call ? .settled : nil }
    }
  }
}
