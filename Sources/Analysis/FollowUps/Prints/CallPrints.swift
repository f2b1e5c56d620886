import Records

/// What the messages of a call are known by, those over the 1,024 included.
struct CallPrints {
  let exact: PrintIndex
  let loose: PrintIndex
  /// What the datagrams of unsent messages look like that UDP would cut.
  let segments: PrintIndex
  let respelled: PrintIndex
  /// The same of the datagrams of messages that UDP would cut.
  let respelledSegments: PrintIndex
  let unaddressed: PrintIndex
  let uncontrolled: PrintIndex
  /// Of all datagrams, as `DatagramPosition` numbers them.
  let datagrams: PrintIndex
  /// Of messages that the kernel would cut into datagrams, how many bytes each of these has.
  let segmentSizes: [Int: UInt64]
  /// Of each message all of its bytes, hashed: those that are alike are the same then.
  private let wholes: [UInt64?]
  /// All bytes of each datagram of a message that UDP would cut, hashed, by message.
  private let wholeSegments: [Int: [UInt64]]
  /// The first eight bytes of each, where all are known.
  let heads: [UInt64?]
  /// False where no contents were kept at all.
  let hasContents: Bool
  /// Of each message what its contents come to, 0 where they tell nothing.
  let contents: [UInt64]
  /// Of each message how many bytes it has; 0 where that is not known.
  let lengths: [UInt64]
  let destinations: MessageDestinations

  /// Of `count` messages, from `unsent` on such that were not sent; fewer may have been read.
  init(
    _ prints: some Sequence<MessagePrint>, of messages: [Message], count: Int, unsent: Int,
    on socket: SocketDescription?, isStream: Bool
  ) {
    let known = Array(prints.prefix(count))
    exact = PrintIndex(known.known(\.exact))
    loose = PrintIndex(known.known(\.loose))
    segments = PrintIndex(
      isStream
        ? []
        : known.datagrams(\.segments).filter {
          DatagramPosition(number: $0.position).message >= unsent
        })
    respelled = PrintIndex(known.known(\.respelled))
    respelledSegments = PrintIndex(isStream ? [] : known.datagrams(\.respelledSegments))
    unaddressed = PrintIndex(known.known(\.unaddressed))
    uncontrolled = PrintIndex(isStream ? [] : known.known(\.uncontrolled))
    datagrams = PrintIndex(isStream ? [] : known.datagrams(\.datagrams))
    var sizes: [Int: UInt64] = [:]
    var segments: [Int: [UInt64]] = [:]
    for (message, print) in known.enumerated() where print.segmentSize != nil {
      (sizes[message], segments[message]) = (print.segmentSize, print.wholeSegments)
    }
    (segmentSizes, wholeSegments) = (sizes, segments)
    contents = known.map { $0.isKnown ? $0.contents : 0 }
    wholes = known.map(\.whole)
    heads = known.map(\.head)
    hasContents = known.allSatisfy { $0.hasContents || !$0.isKnown }
    lengths = (0..<count).map { messages.indices.contains($0) ? messages[$0].bytes ?? 0 : 0 }
    looks = (0..<count).map {
      known.indices.contains($0) && known[$0].isKnown ? known[$0].loose : 0
    }
    destinations = MessageDestinations(messages, on: socket)
  }

  /// Where a message goes; nil where that is not known.
  func destination(of message: Int) -> SocketAddress? { destinations[message] }

  /// All bytes of a message, hashed; nil where they were not read.
  func whole(_ message: Int) -> UInt64? {
    wholes.indices.contains(message) ? wholes[message] : nil
  }

  /// All bytes of a datagram, hashed; nil where they were not read.
  func whole(_ datagram: DatagramPosition) -> UInt64? {
    guard let all = wholeSegments[datagram.message] else { return whole(datagram.message) }
    return all.indices.contains(datagram.datagram) ? all[datagram.datagram] : nil
  }

  /// True where two messages are known to be different.
  func differ(_ one: Int, _ other: Int) -> Bool {
    if let one = whole(one), let other = whole(other), one != other { return true }
    return contents.indices.contains(one) && contents.indices.contains(other)
      && contents[one] != contents[other] || destination(of: one) != destination(of: other)
  }

  /// True where each message is known from all others of its call by its contents alone.
  func areUnlikeOthers(_ messages: some Sequence<Int>) -> Bool {
    let repeated = repeatedContents
    return messages.allSatisfy { isUnlikeOthers($0, repeated) }
  }

  /// True where one of them is.
  func hasUnlikeOthers(_ messages: some Sequence<Int>) -> Bool {
    let repeated = repeatedContents
    return messages.contains { isUnlikeOthers($0, repeated) }
  }

  private func isUnlikeOthers(_ message: Int, _ repeated: Set<UInt64>) -> Bool {
    contents.indices.contains(message) && contents[message] != 0
      && !repeated.contains(contents[message])
  }

  private var repeatedContents: Set<UInt64> {
    var seen: Set<UInt64> = [0]
    return Set(contents.filter { !seen.insert($0).inserted })
  }

  /// True where two messages are the same by all their bytes.
  var hasEqual: Bool { loose.hasEqual(whole) }

  /// Of each message how it looks; 0 where it could not be read.
  let looks: [UInt64]

  /// How a message looks; nil where it could not be read.
  func look(_ message: Int) -> UInt64? {
    looks.indices.contains(message) && looks[message] != 0 ? looks[message] : nil
  }

  /// True where UDP would cut a message into datagrams.
  var hasCut: Bool { !segmentSizes.isEmpty }

  /// How many datagrams the kernel would make of a message.
  func datagramCount(_ message: Int) -> Int {
    guard let size = segmentSizes[message], lengths.indices.contains(message) else { return 1 }
    return Int(clamping: (max(lengths[message], 1) - 1) / size + 1)
  }

  /// All that a send may share with them.
  var indices: [PrintIndex] {
    [exact, loose, segments, respelled, respelledSegments, unaddressed, uncontrolled, datagrams]
  }

  /// The bytes it takes to remember them, roughly.
  var byteCount: Int {
    lengths.count * 48 + indices.reduce(0) { $0 + $1.slots.count } * 16 + segmentSizes.count * 64
      + respelledSegments.slots.count * 8 + destinations.byteCount
  }
}

extension PrintIndex {
  /// True where two messages are the same by all their bytes; `whole` has these of each, hashed.
  func hasEqual(_ whole: (Int) -> UInt64?) -> Bool {
    var seen: Set<UInt64> = []
    var last: UInt64?
    for slot in slots {
      if slot.hash != last { seen.removeAll(keepingCapacity: true) }
      last = slot.hash
      if let whole = whole(slot.position), !seen.insert(whole).inserted { return true }
    }
    return false
  }
}
