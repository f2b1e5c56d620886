import Records

/// What is remembered of a message to know it again wherever a program puts it next: hashes of its
/// contents and of where it goes, never its address.
struct MessagePrint {
  /// Length, first bytes, destination and control messages.
  var exact: UInt64 = 0
  /// The same without the control messages, which a program may well change when it tries again,
  /// but for descriptors and credentials: they are contents.
  var loose: UInt64 = 0
  /// The same without the destination, where that is one that can be spelled in several ways, or
  /// where the contents may tell the message from others.
  var respelled: UInt64?
  /// Of a short message, which others are like by chance: the same without the destination.
  var unaddressed: UInt64?
  /// The same as `loose` without descriptors and credentials; nil where it has none of these.
  var uncontrolled: UInt64?
  /// True where the destination can be spelled in several ways.
  var isPath = false
  /// Of a message that the kernel would cut into segments: what each would look like as a message
  /// of its own, since a program may cut it itself; the first one alone where not all bytes were
  /// read. Empty for all others.
  var segments: [UInt64] = []
  /// The same without the destination.
  var respelledSegments: [UInt64] = []
  /// Of each of these all bytes; empty where these were not read.
  var wholeSegments: [UInt64] = []
  /// How many datagrams the kernel would make of it.
  var datagramCount = 1
  /// How many bytes each of these has, but for the last; nil where it is not cut. Not 0.
  var segmentSize: UInt64?
  /// Each of these with its destination, by all of its bytes; empty where these were not read.
  var datagrams: [UInt64] = []
  /// All of its bytes, however they are cut; nil where they were not read.
  var whole: UInt64?
  /// The first eight bytes, where all are known.
  var head: UInt64?
  /// Length and first bytes alone, or all bytes; 0 where these are too few to tell it from others.
  var contents: UInt64 = 0
  /// True where bytes of it went into the hashes, or it has none.
  var hasContents = false
  /// False where what would have to be known of it could not be read.
  var isKnown = false
}

/// Makes prints of messages of which so many bytes are kept.
struct MessagePrinter {
  /// Messages of fewer bytes are like others by chance.
  static let fewestTellingBytes: UInt64 = 8
  /// More datagrams of one message are not told apart: UDP takes 128 (`UDP_MAX_SEGMENTS`).
  private static let mostDatagrams: UInt64 = 1 << UInt64(DatagramPosition.bits)

  private let limit: UInt64
  private let hasher = ContentHash()

  /// `payloadLimit` is how many bytes of a message a trace keeps.
  init(payloadLimit: UInt64) { limit = min(payloadLimit, FollowUp.comparedBytes) }

  /// How much of a long message counts where it was not read as a whole, in words.
  var basis: String {
    limit == 0
      ? "length and destination, since no contents were kept"
      : "length, destination and the first \(limit) bytes, which is what was kept"
  }

  /// The prints of a call's messages. `contents` are all their bytes, as far as they were read;
  /// they are hashed only where `isWanted` says so of a print without them.
  func prints(
    of messages: [Message], _ contents: [ArraySlice<UInt8>?], on socket: SocketDescription?,
    whole isWanted: (MessagePrint) -> Bool
  ) -> [MessagePrint] {
    messages.enumerated().map { index, message in
      print(
        of: message, contents.indices.contains(index) ? contents[index] : nil, on: socket,
        whole: isWanted)
    }
  }

  /// All bytes of these, to look for others in them.
  func bytes(
    of messages: [Message], _ contents: [ArraySlice<UInt8>?], on socket: SocketDescription?
  ) -> OfferedBytes {
    OfferedBytes(messages, contents, on: socket, hasher)
  }

  func print(
    of message: Message, _ contents: ArraySlice<UInt8>?, on socket: SocketDescription?,
    whole isWanted: (MessagePrint) -> Bool
  ) -> MessagePrint {
    var print = MessagePrint()
    guard let bytes = message.bytes, let control = message.control, !message.truncated,
      message.payload.fault == nil,
      message.name != nil || (message.header?.nameLength ?? 0) <= 0
        || message.header?.name.isNull == true
    else { return print }
    let kept = message.payload.data ?? []
    let counted = min(bytes, limit)
    guard UInt64(kept.count) >= counted else { return print }

    let look = hasher.hash(bytes, kept.prefix(Int(counted)))
    let all = Self.all(bytes, kept, contents)
    var around = Hasher()
    for item in control where item.isContent { around.combine(item.data) }
    let destination = (message.name ?? socket?.peer)?.destination(from: socket?.local)
    print.isPath = destination?.mayBeSpelledOtherwise == true
    let mayTell = bytes >= Self.fewestTellingBytes && socket?.type != .stream
    let anyPlace = around.number
    if print.isPath || mayTell {
      print.respelled = hasher.hash(anyPlace, look)
    }
    if bytes > 0, bytes < Self.fewestTellingBytes {
      print.unaddressed = hasher.hash(anyPlace, look)
    }
    around.combine(destination)
    let place = around.number
    print.loose = hasher.hash(place, look)
    if control.contains(where: \.isContent) {
      var bare = Hasher()
      bare.combine(destination)
      print.uncontrolled = hasher.hash(bare.number, look)
    }
    print.exact = print.loose
    if !control.isEmpty {
      for item in control where !item.isDepartureTime {
        around.combine(item.level)
        around.combine(item.type)
        around.combine(item.data)
      }
      print.exact = hasher.hash(around.number, look)
    }
    let segment = min(message.segmentation.map { UInt64($0.size) } ?? bytes, bytes)
    if segment < bytes, segment > 0 {
      let first = hasher.hash(segment, kept.prefix(Int(min(segment, limit))))
      print.segments = [hasher.hash(place, first)]
      print.respelledSegments = [hasher.hash(anyPlace, first)]
      print.segmentSize = segment
      print.datagramCount = Int(clamping: (bytes - 1) / segment + 1)
    }
    print.hasContents = counted > 0 || bytes == 0 || all != nil
    print.isKnown = true
    if let all, isWanted(print) {
      add(all, segment: Int(segment), place, anyPlace: anyPlace, to: &print)
    }
    if max(counted, UInt64(all?.count ?? 0)) >= Self.fewestTellingBytes {
      print.contents = print.whole ?? look
    }
    return print
  }

  /// What takes all bytes of a message.
  private func add(
    _ all: ArraySlice<UInt8>, segment: Int, _ place: UInt64, anyPlace: UInt64,
    to print: inout MessagePrint
  ) {
    let whole = hasher.hash(UInt64(all.count), all)
    print.whole = whole
    let bytes = unsafe all.span.bytes
    if bytes.byteCount >= Self.fewestTellingBytes { print.head = bytes.word(at: 0) }
    if print.datagramCount == 1 {
      print.datagrams = [hasher.hash(place, whole)]
    } else if print.datagramCount <= Self.mostDatagrams {
      print.wholeSegments = datagrams(all, of: segment, upTo: segment)
      print.datagrams = print.wholeSegments.map { hasher.hash(place, $0) }
      let looks = datagrams(all, of: segment, upTo: Int(limit))
      print.segments = looks.map { hasher.hash(place, $0) }
      print.respelledSegments = looks.map { hasher.hash(anyPlace, $0) }
    }
  }

  /// All bytes of a message, unless they were changed between the two readings.
  private static func all(
    _ bytes: UInt64, _ kept: ArraySlice<UInt8>, _ contents: ArraySlice<UInt8>?
  ) -> ArraySlice<UInt8>? {
    if UInt64(kept.count) == bytes { return kept }
    guard let contents, UInt64(contents.count) == bytes, contents.starts(with: kept)
    else { return nil }
    return contents
  }

  /// The first bytes of the datagrams that are made of it, hashed with how long each is.
  private func datagrams(
    _ bytes: ArraySlice<UInt8>, of size: Int, upTo limit: Int
  ) -> [UInt64] {
    stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map { start in
      let piece = bytes[start..<min(start + size, bytes.endIndex)]
      return hasher.hash(UInt64(piece.count), piece.prefix(limit))
    }
  }
}

extension Hasher {
  /// What has been combined so far.
  fileprivate var number: UInt64 { UInt64(bitPattern: Int64(finalize())) }
}

extension ControlMessage {
  /// SCM_RIGHTS, SCM_CREDENTIALS.
  fileprivate var isContent: Bool { level == 1 && (type == 1 || type == 2) }
  /// SCM_TXTIME: later for a message that is tried again.
  fileprivate var isDepartureTime: Bool { level == 1 && type == 61 }
}
