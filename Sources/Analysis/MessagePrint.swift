import Records

/// What is remembered of a message to know it again wherever a program puts it next: hashes of its
/// contents and of where it goes, never its address.
struct MessagePrint {
  /// Length, first bytes, destination and control messages.
  var exact: UInt64 = 0
  /// The same without the control messages, which a program may well change when it tries again,
  /// but for descriptors and credentials: they are contents.
  var loose: UInt64 = 0
  /// Of a message that the kernel would cut into segments: what the first one would be as a
  /// message of its own, since a program may cut it itself. Nil for all others.
  var firstSegment: UInt64?
  /// Length and first bytes alone; 0 where these are too few to tell it from others.
  var contents: UInt64 = 0
  /// True where every byte of it went into the hashes.
  var isWhole = false
  /// True where bytes of it went into the hashes, or it has none.
  var hasContents = false
  /// False where what would have to be known of it could not be read.
  var isKnown = false
}

/// Makes prints of messages of which so many bytes are kept.
struct MessagePrinter {
  /// Bytes of a message that its print is made of, at most.
  static let maximumBytes = 256

  /// Messages of fewer bytes are like others by chance.
  private static let fewestTellingBytes: UInt64 = 8

  private let limit: UInt64

  /// `payloadLimit` is how many bytes of a message a trace keeps.
  init(payloadLimit: UInt64) { limit = min(payloadLimit, UInt64(Self.maximumBytes)) }

  /// How much of a long message counts, in words.
  var basis: String {
    limit == 0
      ? "length and destination, since no contents were kept"
      : "length, destination and the first \(limit) bytes, which is what was kept"
  }

  func print(of message: Message, on socket: SocketDescription?) -> MessagePrint {
    var print = MessagePrint()
    guard let bytes = message.bytes, let control = message.control, !message.truncated,
      message.payload.fault == nil,
      message.name != nil || (message.header?.nameLength ?? 0) <= 0
        || message.header?.name.isNull == true
    else { return print }
    let kept = message.payload.data ?? []
    let counted = min(bytes, limit)
    guard UInt64(kept.count) >= counted else { return print }

    let contents = Self.hash(bytes, kept.prefix(Int(counted)))
    if counted >= Self.fewestTellingBytes { print.contents = contents }
    var hasher = Hasher()
    hasher.combine(message.name ?? socket?.peer)
    for item in control where item.isContent { hasher.combine(item.data) }
    let place = hasher
    print.loose = Self.hash(place, contents)
    for item in control where !item.isDepartureTime {
      hasher.combine(item.level)
      hasher.combine(item.type)
      hasher.combine(item.data)
    }
    print.exact = Self.hash(hasher, contents)
    if let segment = message.segmentation.map({ UInt64($0.size) }), segment < bytes {
      let first = Self.hash(segment, kept.prefix(Int(min(segment, limit))))
      print.firstSegment = Self.hash(place, first)
    }
    print.isWhole = bytes <= limit
    print.hasContents = counted > 0 || bytes == 0
    print.isKnown = true
    return print
  }

  private static func hash(_ start: Hasher, _ contents: UInt64) -> UInt64 {
    var hasher = start
    hasher.combine(contents)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }

  private static func hash(_ length: UInt64, _ bytes: ArraySlice<UInt8>) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(length)
    // Words are much cheaper to hash than bytes.
    var word: UInt64 = 0
    var count = 0
    for byte in bytes {
      word = word << 8 | UInt64(byte)
      count += 1
      if count % 8 == 0 { hasher.combine(word) }
    }
    hasher.combine(word)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }
}

extension ControlMessage {
  /// SCM_RIGHTS, SCM_CREDENTIALS.
  fileprivate var isContent: Bool { level == 1 && (type == 1 || type == 2) }
  /// SCM_TXTIME: later for a message that is tried again.
  fileprivate var isDepartureTime: Bool { level == 1 && type == 61 }
}

/// The prints of a call's messages in the order of their hashes, so that what two calls share is
/// found in one walk along both.
struct PrintIndex {
  struct Slot {
    var hash: UInt64
    /// The message's position in its call.
    var position: Int
  }

  private(set) var slots: [Slot] = []

  init(_ hashes: some Sequence<(position: Int, hash: UInt64)>) {
    slots = hashes.map { Slot(hash: $0.hash, position: $0.position) }
    slots.sort { ($0.hash, $0.position) < ($1.hash, $1.position) }
  }

  /// Calls `body` for every hash that is in both, with the positions in each, ascending.
  func forEachShared(
    with other: PrintIndex, _ body: (ArraySlice<Slot>, ArraySlice<Slot>) -> Void
  ) {
    var mine = slots.startIndex
    var theirs = other.slots.startIndex
    while mine < slots.endIndex, theirs < other.slots.endIndex {
      let (left, right) = (slots[mine].hash, other.slots[theirs].hash)
      if left < right {
        mine += 1
      } else if left > right {
        theirs += 1
      } else {
        let myEnd = end(ofHashAt: mine)
        let theirEnd = other.end(ofHashAt: theirs)
        body(slots[mine..<myEnd], other.slots[theirs..<theirEnd])
        mine = myEnd
        theirs = theirEnd
      }
    }
  }

  private func end(ofHashAt start: Int) -> Int {
    var end = start + 1
    while end < slots.endIndex, slots[end].hash == slots[start].hash { end += 1 }
    return end
  }
}
