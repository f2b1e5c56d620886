import Records

// What is told of the parts of a message.
extension JSONCursor {
  private enum SegmentationKey: String, CaseIterable {
    case source
    case size = "segment_size"
    case segments
    case last = "last_segment"
  }
  private static let segmentationKeys = JSONKeys<SegmentationKey>()

  mutating func segmentation() throws(JSONFault) -> Segmentation {
    let start = position
    var (source, size) = (nil as Segmentation.Source?, nil as UInt16?)
    var (count, last) = (nil as UInt64?, nil as UInt64?)
    var object = try beginObject()
    while let key = try nextKey(&object, Self.segmentationKeys) {
      switch key {
      case .source: source = try choice()
      case .size: size = try integer()
      case .segments: count = try optionalInteger()
      case .last: last = try optionalInteger()
      }
    }
    var pieces: Segmentation.Pieces?
    if let count, let last { pieces = Segmentation.Pieces(count: count, last: last) }
    return Segmentation(
      source: try source.required(SegmentationKey.source, at: start),
      size: try size.required(SegmentationKey.size, at: start), pieces: pieces)
  }

  /// `["name","payload"]`
  mutating func parts() throws(JSONFault) -> [MessagePart] {
    var parts: [MessagePart] = []
    var isFirst = true
    try beginList()
    while try hasElement(&isFirst) {
      try spend()
      parts.append(try choice())
    }
    return parts
  }

  mutating func unreadableParts() throws(JSONFault) -> [UnreadablePart] {
    var parts: [UnreadablePart] = []
    var isFirst = true
    try beginList()
    while try hasElement(&isFirst) { parts.append(try unreadablePart()) }
    return parts
  }

  private enum UnreadableKey: String, CaseIterable {
    case part, at, wanted, available, read, effect
  }
  private static let unreadableKeys = JSONKeys<UnreadableKey>()

  private mutating func unreadablePart() throws(JSONFault) -> UnreadablePart {
    let start = position
    var (part, address) = (nil as MessagePart?, nil as RemoteAddress?)
    var (wanted, available) = (0, 0)
    var (bytes, effect) = ([UInt8](), "")
    var object = try beginObject()
    while let key = try nextKey(&object, Self.unreadableKeys) {
      switch key {
      case .part: part = try choice()
      case .at: address = try pointer()
      case .wanted: wanted = try integer()
      case .available: available = try integer()
      case .read: bytes = try hex()
      case .effect: effect = try string()
      }
    }
    return UnreadablePart(
      part: try part.required(UnreadableKey.part, at: start),
      address: try address.required(UnreadableKey.at, at: start), bytes: bytes,
      available: available, wanted: wanted, effect: effect)
  }
}
