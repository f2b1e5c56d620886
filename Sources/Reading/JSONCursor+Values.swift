import Records

// The values that several records share.
extension JSONCursor {
  /// `"0x7ffd1000"`
  mutating func pointer() throws(JSONFault) -> RemoteAddress {
    try parsed("a pointer") { text in
      guard (3...18).contains(text.count), text[0] == UInt8(ascii: "0"),
        text[1] == UInt8(ascii: "x")
      else { return nil }
      var value: UInt64 = 0
      for index in 2..<text.count {
        guard let digit = text[index].hexDigit else { return nil }
        value = value << 4 | UInt64(digit)
      }
      return RemoteAddress(value)
    }
  }

  mutating func optionalPointer() throws(JSONFault) -> RemoteAddress? {
    takeNull() ? nil : try pointer()
  }

  /// `"2026-11-21T03:12:45.123456789Z"`, in nanoseconds since 1970.
  mutating func time() throws(JSONFault) -> UInt64 {
    try parsed("a time") { Timestamp.nanoseconds($0) }
  }

  mutating func integers<Number: FixedWidthInteger>() throws(JSONFault) -> [Number] {
    var numbers: [Number] = []
    var isFirst = true
    try beginList()
    while try hasElement(&isFirst) {
      try spend()
      numbers.append(try integer())
    }
    return numbers
  }

  /// `[32768,60999]`: the first and the last.
  mutating func range<Number: FixedWidthInteger>() throws(JSONFault) -> ClosedRange<Number> {
    let start = position
    let ends: [Number] = try integers()
    guard ends.count == 2, ends[0] <= ends[1] else {
      throw JSONFault(offset: start, reason: .expected("a list of two numbers in order"))
    }
    return ends[0]...ends[1]
  }

  /// `"b004"`
  mutating func hex() throws(JSONFault) -> [UInt8] {
    try parsed("hexadecimal digits") { text in
      guard text.count % 2 == 0 else { return nil }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(text.count / 2)
      var index = 0
      while index < text.count {
        guard let high = text[index].hexDigit, let low = text[index + 1].hexDigit else {
          return nil
        }
        bytes.append(high << 4 | low)
        index += 2
      }
      return bytes
    }
  }

  func base64(_ text: JSONText, at offset: Int) throws(JSONFault) -> [UInt8] {
    let bytes =
      text.isEscaped
      ? Base64.bytes(contents(of: text).span) : Base64.bytes(self.bytes.extracting(text.range))
    guard let bytes else { throw JSONFault(offset: offset, reason: .expected("base64")) }
    return bytes
  }

  private enum FlagsKey: String, CaseIterable { case value, names }
  private static let flagsKeys = JSONKeys<FlagsKey>()

  /// `{"value":16384,"names":["MSG_NOSIGNAL"]}`: the value says it all.
  mutating func optionalFlags() throws(JSONFault) -> SendFlags? {
    if takeNull() { return nil }
    let start = position
    var value: UInt32?
    var object = try beginObject()
    while let key = try nextKey(&object, Self.flagsKeys) {
      switch key {
      case .value: value = try integer()
      case .names: try skipValue()
      }
    }
    return SendFlags(rawValue: try value.required(FlagsKey.value, at: start))
  }

  private enum SocketKey: String, CaseIterable {
    case family, type
    case protocolName = "protocol"
    case inode, nonblocking, local, peer
  }
  private static let socketKeys = JSONKeys<SocketKey>()

  mutating func socket() throws(JSONFault) -> SocketDescription {
    let start = position
    var (family, type, name) = (nil as AddressFamily?, nil as SocketType?, nil as String?)
    var socket = SocketDescription(
      family: .unspecified, type: .raw, protocolNumber: 0, inode: 0, nonblocking: false,
      local: nil, peer: nil)
    var object = try beginObject()
    while let key = try nextKey(&object, Self.socketKeys) {
      switch key {
      case .family: family = try named(AddressFamily.init(name:))
      case .type: type = try named(SocketType.init(name:))
      case .protocolName: name = try optionalString()
      case .inode: socket.inode = try integer()
      case .nonblocking: socket.nonblocking = try flag()
      case .local: socket.local = takeNull() ? nil : try address()
      case .peer: socket.peer = takeNull() ? nil : try address()
      }
    }
    socket.family = try family.required(SocketKey.family, at: start)
    socket.type = try type.required(SocketKey.type, at: start)
    guard let number = SocketDescription.protocolNumber(named: name, of: socket.family) else {
      throw JSONFault(offset: start, reason: .unknownValue(String((name ?? "").prefix(40))))
    }
    socket.protocolNumber = number
    return socket
  }
}
