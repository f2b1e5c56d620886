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
  private var tails: [SocketKey: [UnsentTail]] = [:]
  private(set) var count = 0
  private var byteCount = 0
  /// What a send on another socket has to hold to be worth a comparison.
  private var filter = PrintFilter()
  /// What else such a send has to hold, which may be anywhere in it: how messages begin.
  private var heads = HeadFilter()
  /// Sockets on which a message may have begun.
  private var begun: Set<SocketKey> = []
  /// Tails that the filter still knows of.
  private var filtered = 0
  /// Tails with messages that UDP would cut into datagrams.
  private var cutCount = 0

  var isEmpty: Bool { count == 0 }

  func has(_ key: SocketKey) -> Bool { tails[key] != nil }

  /// Takes the tails of a socket out, to be put back.
  mutating func take(_ key: SocketKey) -> [UnsentTail] { tails.removeValue(forKey: key) ?? [] }

  /// Puts back those that are waited for on.
  mutating func put(_ left: [UnsentTail], _ key: SocketKey) {
    if !left.isEmpty { tails[key] = left }
  }

  /// Adds one; gives out the one that its socket has no room for any more.
  mutating func open(_ tail: UnsentTail, _ key: SocketKey) -> UnsentTail? {
    var here = tails.removeValue(forKey: key) ?? []
    let oldest = here.count >= Limits.ofSocket ? here.remove(at: here.leastWanted) : nil
    var tail = tail
    if byteCount + tail.openBytes > Limits.bytes / 2 { tail.forgetContents() }
    here.append(tail)
    tails[key] = here
    count += 1
    byteCount += tail.openBytes
    if tail.prints.hasCut { cutCount += 1 }
    filter.insert(tail)
    heads.insert(tail)
    filtered += 1
    return oldest
  }

  /// Puts back one that was taken out.
  mutating func putBack(_ tail: UnsentTail, _ key: SocketKey) {
    var here = tails.removeValue(forKey: key) ?? []
    here.insert(tail, at: here.firstIndex { $0.call > tail.call } ?? here.endIndex)
    tails[key] = here
    // While it was out, others may have been forgotten, and the filter made anew.
    filter.insert(tail)
    heads.insert(tail)
  }

  /// A tail that was taken out is not put back; all others are back.
  mutating func forget(_ tail: UnsentTail) {
    count -= 1
    byteCount -= tail.openBytes
    if tail.prints.hasCut { cutCount -= 1 }
    // What is gone cannot be taken out of the filter: it is made anew now and then.
    guard filtered > 2 * count + 16 else { return }
    filter.removeAll()
    heads.removeAll()
    filtered = count
    for tail in tails.values.joined() {
      filter.insert(tail)
      heads.insert(tail)
    }
  }

  /// Looks for messages of tails on other sockets in the bytes of a send.
  mutating func noteBytes(_ offer: borrowing Offer, on key: SocketKey, of family: Int) {
    let isUnread = !offer.isRead
    guard begun.contains(key) || isUnread || heads.mayBegin(in: offer) else { return }
    var hasBegun = false
    update(where: { $0 != key && $1.family == family && $1.wantsBytes(areRead: !isUnread) }) {
      $1.noteBytes(offer, on: key)
      if $1.otherRuns.hasBegun(on: key) { hasBegun = true }
    }
    if hasBegun { begun.insert(key) } else { begun.remove(key) }
  }

  /// The oldest of those that were given up, where there is no room for one more.
  mutating func takeSurplus(of key: SocketKey) -> UnsentTail? {
    guard let here = tails[key], here.count >= Limits.givenUp else { return nil }
    return tails[key]?.removeFirst()
  }

  /// The oldest, where there is more than is remembered.
  mutating func takeSurplus() -> UnsentTail? {
    guard count > most || byteCount > Limits.bytes, count > 1,
      let oldest = tails.min(by: { $0.value.rank < $1.value.rank })
    else { return nil }
    var here = oldest.value
    let tail = here.remove(at: here.leastWanted)
    tails[oldest.key] = here.isEmpty ? nil : here
    return tail
  }

  /// Takes out all of which `decide` says how they have ended, in the order of their calls.
  mutating func take<End>(
    _ decide: (SocketKey, UnsentTail) -> End?
  ) -> [(key: SocketKey, tail: UnsentTail, end: End)] {
    var ended: [(key: SocketKey, tail: UnsentTail, end: End)] = []
    for (key, here) in tails {
      var left: [UnsentTail] = []
      for tail in here {
        if let end = decide(key, tail) { ended.append((key, tail, end)) } else { left.append(tail) }
      }
      if left.count < here.count { tails[key] = left.isEmpty ? nil : left }
    }
    return ended.sorted { $0.tail.call < $1.tail.call }
  }

  /// Changes each of them where it is.
  mutating func update(
    where isMeant: (SocketKey, UnsentTail) -> Bool, _ change: (SocketKey, inout UnsentTail) -> Void
  ) {
    for (key, here) in tails where here.contains(where: { isMeant(key, $0) }) {
      var here = here
      tails[key] = nil
      for index in here.indices where isMeant(key, here[index]) { change(key, &here[index]) }
      tails[key] = here
    }
  }

  /// True where a family has a tail on another socket.
  func hasOther(than key: SocketKey, of family: Int) -> Bool {
    tails.contains { $0.key != key && $0.value.contains { $0.family == family } }
  }

  /// True where a send may hold messages of a tail, whatever socket it is on.
  func mayHold(_ offer: borrowing Offer) -> Bool {
    filter.mayShare(with: offer.loose) || filter.mayShare(with: offer.segments)
      || filter.mayShare(with: offer.respelled) || filter.mayShare(with: offer.datagrams)
      || filter.mayShare(with: offer.unaddressed) || filter.mayShare(with: offer.uncontrolled)
  }

  /// True where others may have left the same unsent.
  func mayHaveLike(_ tail: borrowing UnsentTail) -> Bool {
    filter.mayShare(with: tail.prints.loose)
  }

  /// True where all bytes of a message that is sent may tell what tail it is of: it looks like one
  /// of theirs, or either is cut into datagrams, which may be anywhere in the other.
  func mayTell(_ print: MessagePrint) -> Bool {
    guard !isEmpty else { return false }
    return cutCount > 0 || print.datagramCount > 1 || filter.mayHave(print.loose)
      || print.respelled.map(filter.mayHave) == true
      || print.unaddressed.map(filter.mayHave) == true
      || print.uncontrolled.map(filter.mayHave) == true
  }
}

extension [UnsentTail] {
  /// Where the one is that is given up first: the oldest of which all was said that had to be, else
  /// the oldest.
  fileprivate var leastWanted: Int { firstIndex { $0.told != nil } ?? 0 }

  /// Of two lists, the one with the lower rank gives one up first.
  fileprivate var rank: (Int, UInt64) {
    isEmpty ? (2, 0) : (self[leastWanted].told == nil ? 1 : 0, self[leastWanted].call)
  }
}
