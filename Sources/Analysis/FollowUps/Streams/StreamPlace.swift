import Records

/// A place in a stream: what is sent from there on, and where it lies in the program's memory.
struct StreamPlace {
  /// The first bytes, as far as they were kept.
  var bytes: ArraySlice<UInt8>
  var address: RemoteAddress?
  /// How many bytes there are to the end of the message.
  var length: UInt64

  /// Fewer bytes are like others by chance.
  static let fewestTellingBytes = 8

  /// True where all kept bytes that both have are the same; nil where these are too few to tell.
  func agrees(with other: StreamPlace) -> Bool? {
    let count = min(bytes.count, other.bytes.count)
    if bytes.prefix(count) != other.bytes.prefix(count) { return false }
    return count < Self.fewestTellingBytes ? nil : true
  }
}

/// A place in what one send puts into a stream.
struct StreamCursor {
  private let messages: [Message]
  private let contents: [ArraySlice<UInt8>?]
  private(set) var message = 0
  /// How far into that it is.
  private(set) var offset: UInt64 = 0

  /// `contents` are the bytes of each message, as far as more is known than is kept.
  init(_ messages: [Message], _ contents: [ArraySlice<UInt8>?]) {
    (self.messages, self.contents) = (messages, contents)
    passEmpty()
  }

  /// Nil at the end.
  var place: StreamPlace? {
    guard messages.indices.contains(message) else { return nil }
    return StreamMessage(
      messages[message], contents.indices.contains(message) ? contents[message] : nil
    ).place(at: offset)
  }

  /// How long the message is, at whose beginning it stands; nil elsewhere.
  var wholeMessage: UInt64? {
    offset == 0 && messages.indices.contains(message) ? messages[message].bytes : nil
  }

  /// Gives out the messages that end on the way.
  mutating func advance(by count: UInt64) -> Range<Int> {
    let first = message
    offset &+= count
    while messages.indices.contains(message), let length = messages[message].bytes,
      offset >= length, offset > 0
    {
      offset -= length
      message += 1
    }
    passEmpty()
    return first..<message
  }

  private mutating func passEmpty() {
    while offset == 0, messages.indices.contains(message), messages[message].bytes == 0 {
      message += 1
    }
  }
}

/// What is remembered of a message of a stream: programs cut and join it as they like.
struct StreamMessage {
  let length: UInt64
  private let iovecs: [IOVector]
  /// Its first bytes, or all of them.
  private var beginning: ArraySlice<UInt8>
  /// Bytes further on, and where they begin.
  private var part: (offset: UInt64, bytes: [UInt8])?

  /// `contents` are its bytes, as far as more is known than is kept.
  init(_ message: Message, _ contents: ArraySlice<UInt8>? = nil) {
    length = message.bytes ?? 0
    iovecs = Array(message.iovecs ?? [])
    let kept = message.payload.data ?? []
    beginning = kept.prefix(Int(FollowUp.comparedBytes))
    // It may have been changed between the two readings.
    if let contents, contents.count > beginning.count, contents.starts(with: kept) {
      beginning = contents
    }
  }

  /// Keeps them apart from what they were read into, and no more than the first ones where there is
  /// no `room` for all.
  init(_ message: Message, _ contents: ArraySlice<UInt8>?, room: inout Int) {
    self.init(message, contents)
    keepFirst(beginning.count <= room ? beginning.count : Int(FollowUp.comparedBytes))
    room -= min(beginning.count, room)
  }

  /// Keeps so many of its bytes.
  mutating func keepFirst(_ count: Int) { beginning = Array(beginning.prefix(count))[...] }

  /// The bytes that lie `offset` bytes into it are known, too.
  mutating func keep(_ bytes: [UInt8], at offset: UInt64) {
    if !bytes.isEmpty { part = (offset, bytes) }
  }

  /// The place `offset` bytes into it.
  func place(at offset: UInt64) -> StreamPlace {
    let offset = min(offset, length)
    var bytes = beginning.dropFirst(Int(clamping: offset))
    if let part, offset >= part.offset, offset - part.offset < UInt64(part.bytes.count) {
      let more = part.bytes.dropFirst(Int(offset - part.offset))
      if more.count > bytes.count { bytes = more }
    }
    return StreamPlace(bytes: bytes, address: address(at: offset), length: length - offset)
  }

  private func address(at offset: UInt64) -> RemoteAddress? {
    var left = offset
    for iovec in iovecs {
      if left < iovec.length { return iovec.base.advanced(by: left) }
      left -= iovec.length
    }
    return nil
  }

  /// How far into it an address lies.
  func offset(of address: RemoteAddress) -> UInt64? {
    var before: UInt64 = 0
    for iovec in iovecs {
      let distance = address.value &- iovec.base.value
      if distance < iovec.length { return before &+ distance }
      before &+= iovec.length
    }
    return nil
  }

  var byteCount: Int { 100 + iovecs.count * 16 + beginning.count + (part?.bytes.count ?? 0) }
}
