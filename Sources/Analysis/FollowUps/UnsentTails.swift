import Records

/// The tails that are waited for, by the socket that they were left on: a bounded number of them.
struct UnsentTails {
  /// How much is remembered.
  enum Limits {
    static let ofSocket = 64
    /// Of one family's that their sockets had no room for.
    static let givenUp = 512
    static let all = 2048
    static let bytes = 8 << 20
  }

  /// A socket by its inode; where that is not known, a process's descriptor.
  enum SocketKey: Hashable {
    case inode(UInt64)
    case descriptor(Int32, Int32)
    /// No socket: what a family's sockets have no room for, and may go out yet.
    case givenUp(Int)

    init(_ socket: SocketDescription?, fd: Int32, of pid: Int32) {
      self = socket.map { .inode($0.inode) } ?? .descriptor(pid, fd)
    }
  }

  /// How many of them are remembered.
  var most = Limits.all
  /// Oldest first.
  private var tails: [SocketKey: [WaitingTail]] = [:]
  private(set) var byCall: [UInt64: WaitingTail] = [:]
  /// How many each family has.
  private var ofFamily: [Int: Int] = [:]
  /// Those that were taken out to be put back included.
  private(set) var count = 0
  private var byteCount = 0
  /// What a send on another socket has to hold to be worth a comparison, and with which tails.
  private var holders = PrintHolders()
  /// What else such a send has to hold, which may be anywhere in it: how messages begin.
  private var heads = HeadFilter()
  /// Sockets on which a message may have begun.
  private var begun: Set<SocketKey> = []
  /// Tails with messages that UDP would cut into datagrams.
  private var cutCount = 0
  /// Bytes of sends that tails may look through, in all of a run, beyond what each may anyway.
  var spareBytes = 1 << 25
  /// What tails look for where it was changed.
  var words = WordHolders()
  /// Bytes that may be looked through for that, of which there are more with time.
  var spareForChanged = Self.mostForChanged

  var isEmpty: Bool { count == 0 }

  func has(_ key: SocketKey) -> Bool { tails[key] != nil }

  /// Those of a socket, oldest first.
  func on(_ key: SocketKey) -> [WaitingTail] { tails[key] ?? [] }

  /// Adds one; gives out the one that its socket has no room for any more.
  mutating func open(_ tail: UnsentTail, _ key: SocketKey) -> UnsentTail? {
    var oldest: UnsentTail?
    if let here = tails[key], here.count >= Limits.ofSocket {
      oldest = remove(here[here.leastWanted])
    }
    var tail = tail
    if byteCount + tail.openBytes > Limits.bytes / 2 {
      tail.forgetContents()
    } else if byteCount + tail.openBytes > Limits.bytes / 4 {
      tail.forgetChanged()
    }
    tails[key, default: []].append(listed(tail, key))
    count += 1
    byteCount += tail.openBytes
    if tail.prints.hasCut { cutCount += 1 }
    noteHeld(tail)
    return oldest
  }

  /// Puts back one that was taken out.
  mutating func putBack(_ tail: UnsentTail, _ key: SocketKey) {
    let one = listed(tail, key)
    let place = tails[key]?.firstIndex { $0.tail.call > tail.call }
    tails[key, default: []].insert(one, at: place ?? tails[key]?.endIndex ?? 0)
    // While it was out, others may have been forgotten, and these made anew.
    noteHeld(tail)
  }

  /// Adds what a send has to hold that is worth a comparison with a tail.
  private mutating func noteHeld(_ tail: UnsentTail) {
    holders.insert(tail)
    heads.insert(tail)
    if case .looking(let words) = tail.changed { self.words.insert(words, of: tail.call) }
  }

  /// A tail that was taken out is not put back; all others are back.
  mutating func forget(_ tail: UnsentTail) {
    count -= 1
    byteCount -= tail.openBytes
    if tail.prints.hasCut { cutCount -= 1 }
    // What is gone is not taken out of these: they are made anew now and then.
    guard holders.count > 2 * count + 16 else { return }
    holders.removeAll()
    heads.removeAll()
    words.removeAll()
    for one in byCall.values { noteHeld(one.tail) }
  }

  private mutating func listed(_ tail: UnsentTail, _ key: SocketKey) -> WaitingTail {
    let one = WaitingTail(tail, key)
    byCall[tail.call] = one
    ofFamily[tail.family, default: 0] += 1
    return one
  }

  private mutating func unlist(_ one: WaitingTail) {
    byCall[one.tail.call] = nil
    let left = (ofFamily[one.tail.family] ?? 1) - 1
    ofFamily[one.tail.family] = left == 0 ? nil : left
  }

  private mutating func remove(_ one: WaitingTail) -> UnsentTail {
    tails[one.key]?.removeAll { $0 === one }
    if tails[one.key]?.isEmpty == true { tails[one.key] = nil }
    unlist(one)
    return one.tail
  }

  /// Looks for messages of tails on other sockets in the bytes of a send.
  mutating func noteBytes(_ offer: borrowing Offer, on key: SocketKey, of family: Int) {
    let isUnread = !offer.isRead
    guard begun.contains(key) || isUnread || heads.mayBegin(in: offer) else { return }
    var hasBegun = false
    for one in byCall.values where one.isOther(than: key, of: family) {
      guard one.read({ $0.wantsBytes(areRead: !isUnread) }) else { continue }
      one.tail.noteBytes(offer, on: key, spare: &spareBytes)
      if one.tail.otherRuns.hasBegun(on: key) { hasBegun = true }
    }
    if hasBegun { begun.insert(key) } else { begun.remove(key) }
  }

  /// The oldest of those that were given up, where there is no room for one more.
  mutating func takeSurplus(of key: SocketKey) -> UnsentTail? {
    guard let here = tails[key], here.count >= Limits.givenUp else { return nil }
    return remove(here[0])
  }

  /// The oldest, where there is more than is remembered.
  mutating func takeSurplus() -> UnsentTail? {
    guard count > most || byteCount > Limits.bytes, count > 1,
      let oldest = tails.min(by: { $0.value.rank < $1.value.rank })
    else { return nil }
    return remove(oldest.value[oldest.value.leastWanted])
  }

  /// Takes out all of which `decide` says how they have ended, in the order of their calls; of
  /// `some` alone, where that is given.
  mutating func take<End>(
    among some: [WaitingTail]? = nil, _ decide: (SocketKey, borrowing UnsentTail) -> End?
  ) -> [(key: SocketKey, tail: UnsentTail, end: End)] {
    var ended: [(one: WaitingTail, end: End)] = []
    for one in some ?? Array(byCall.values) {
      if let end = one.read({ decide(one.key, $0) }) { ended.append((one, end)) }
    }
    ended.sort { $0.one.tail.call < $1.one.tail.call }
    return ended.map { ($0.one.key, remove($0.one), $0.end) }
  }

  /// Those of which something is true.
  func all(where isMeant: (borrowing UnsentTail) -> Bool) -> [WaitingTail] {
    byCall.values.filter { $0.read(isMeant) }
  }

  /// Has the tails of a thread on other sockets note how long the messages of a send are.
  func noteLengths(_ offer: borrowing Offer, on key: SocketKey, of family: Int) {
    for one in byCall.values
    where one.tail.tid == offer.tid && one.isOther(than: key, of: family) && one.mayBeRebuilt {
      if one.read({ $0.mayBeRebuilt(by: offer, on: key) }) {
        one.tail.noteLengths(offer, elsewhere: key)
      }
    }
  }

  /// The tails of a family on other sockets that a send may tell something of, newest first: that
  /// have a message with a print of it, or all, where it may hold what no print tells.
  func concerned(
    by offer: borrowing Offer, on key: SocketKey, of family: Int
  ) -> [WaitingTail] {
    let isUnknown = !offer.isKnown
    guard isUnknown || offer.isStream else { return sharing(offer.indices, on: key, of: family) }
    let shared = Set(sharing(offer.indices, on: key, of: family).map(\.tail.call))
    return others(than: key, of: family).filter {
      isUnknown || $0.tail.isStream || shared.contains($0.tail.call)
    }
  }

  /// Those that have a message with one of these prints.
  func sharing(_ prints: [PrintIndex], on key: SocketKey, of family: Int) -> [WaitingTail] {
    holders.calls(sharing: prints).reversed().compactMap { byCall[$0] }
      .filter { $0.isOther(than: key, of: family) && !$0.tail.elsewhere.isUndecidable }
  }

  private func others(than key: SocketKey, of family: Int) -> [WaitingTail] {
    byCall.values
      .filter { $0.isOther(than: key, of: family) && !$0.tail.elsewhere.isUndecidable }
      .sorted { $0.tail.call > $1.tail.call }
  }

  /// The sockets that a family has tails on.
  func keys(of family: Int) -> Set<SocketKey> {
    Set(byCall.values.lazy.filter { $0.tail.family == family }.map(\.key))
  }

  /// True where a family has a tail on another socket.
  func hasOther(than key: SocketKey, of family: Int) -> Bool {
    let here = tails[key]?.count { $0.tail.family == family } ?? 0
    return ofFamily[family, default: 0] > here
  }

  /// True where a send may hold messages of a tail, whatever socket it is on.
  func mayHold(_ offer: borrowing Offer) -> Bool {
    offer.indices.contains { holders.mayShare(with: $0) }
  }

  /// True where all bytes of a message that is sent may tell what tail it is of: it looks like one
  /// of theirs, or either is cut into datagrams, which may be anywhere in the other.
  func mayTell(_ print: MessagePrint) -> Bool {
    guard !isEmpty else { return false }
    return cutCount > 0 || print.datagramCount > 1 || holders.mayHave(print.loose)
      || print.respelled.map(holders.mayHave) == true
      || print.unaddressed.map(holders.mayHave) == true
      || print.uncontrolled.map(holders.mayHave) == true
  }
}

extension [WaitingTail] {
  /// Where the one is that is given up first: the oldest of which all was said that had to be, else
  /// the oldest.
  fileprivate var leastWanted: Int { firstIndex { $0.tail.told != nil } ?? 0 }

  /// Of two lists, the one with the lower rank gives one up first.
  fileprivate var rank: (Int, UInt64) {
    isEmpty ? (2, 0) : (self[leastWanted].tail.told == nil ? 1 : 0, self[leastWanted].tail.call)
  }
}
