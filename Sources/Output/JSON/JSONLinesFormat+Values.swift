import Records

/// The values that several records share.
extension ByteBuffer {
  /// Appends `value` by `append`, or `null`.
  mutating func append<Value>(
    orNull value: Value?, _ append: (inout ByteBuffer, Value) -> Void
  ) {
    if let value { append(&self, value) } else { self.append("null") }
  }

  /// Appends `[…]`.
  mutating func appendJSONArray<Element>(
    _ elements: some RandomAccessCollection<Element>, _ append: (inout ByteBuffer, Element) -> Void
  ) {
    self.append(UInt8(ascii: "["))
    var isFirst = true
    for element in elements {
      if !isFirst { self.append(UInt8(ascii: ",")) }
      isFirst = false
      append(&self, element)
    }
    self.append(UInt8(ascii: "]"))
  }

  mutating func append(json flag: Bool) { flag ? append("true") : append("false") }

  /// `"0x7ffd1000"`.
  mutating func append(json address: RemoteAddress) {
    append(UInt8(ascii: "\""))
    append(address)
    append(UInt8(ascii: "\""))
  }

  mutating func append(json address: RemoteAddress?) {
    if let address { append(json: address) } else { append("null") }
  }

  /// `"b004"`.
  mutating func append(jsonHex bytes: Span<UInt8>) {
    append(UInt8(ascii: "\""))
    append(hex: bytes)
    append(UInt8(ascii: "\""))
  }

  mutating func append(jsonHex bytes: [UInt8]?) {
    if let bytes { append(jsonHex: bytes.span) } else { append("null") }
  }

  /// `{"value":16384,"names":["MSG_NOSIGNAL"]}`.
  mutating func append(json flags: SendFlags) {
    append(#"{"value":"#)
    append(decimal: flags.rawValue)
    append(#","names":["#)
    var isFirst = true
    flags.forEachName { name, unknown in
      if !isFirst { append(UInt8(ascii: ",")) }
      isFirst = false
      append(UInt8(ascii: "\""))
      if let name { append(verbatim: name) } else { append(pointer: UInt64(unknown)) }
      append(UInt8(ascii: "\""))
    }
    append("]}")
  }

  mutating func append(json socket: SocketDescription) {
    append(#"{"family":"#)
    append(jsonString: socket.family.name)
    append(#","type":"#)
    append(jsonString: socket.type.name)
    append(#","protocol":"#)
    append(jsonString: socket.protocolName)
    append(#","inode":"#)
    append(decimal: socket.inode)
    append(#","nonblocking":"#)
    append(json: socket.nonblocking)
    append(#","local":"#)
    append(orNull: socket.local) { $0.append(json: $1) }
    append(#","peer":"#)
    append(orNull: socket.peer) { $0.append(json: $1) }
    append("}")
  }

  mutating func append(json address: SocketAddress) {
    append(#"{"family":"#)
    append(jsonString: address.family?.name)
    switch address.form {
    case .inet(let number, let port):
      append(#","address":""#)
      append(ipv4: number)
      append(#"","port":"#)
      append(decimal: UInt64(port))
    case .inet6(let number, let port, let flowInfo, let scope):
      append(#","address":""#)
      append(ipv6: number)
      append(#"","port":"#)
      append(decimal: UInt64(port))
      append(#","flowinfo":"#)
      append(decimal: flowInfo)
      append(#","scope_id":"#)
      append(decimal: scope)
      append(#","scope_name":"#)
      if let name = address.scopeName { append(jsonString: name.span) } else { append("null") }
    case .unix(.unnamed): append(#","path":null,"abstract":null"#)
    case .unix(.path(let path)):
      append(#","path":"#)
      append(jsonString: path.span)
      append(#","abstract":null"#)
    case .unix(.abstract(let name)):
      append(#","path":null,"abstract":"#)
      append(jsonString: ([UInt8(ascii: "@")] + name).span)
    case .fields(let fields):
      for field in fields { append(jsonMember: field) }
    case .undecoded: break
    }
    append(#","raw":"#)
    append(jsonHex: address.raw)
    append("}")
  }
}

extension SendFlags {
  /// Calls `body` with each name in order of value, at last with all unknown bits at once.
  func forEachName(_ body: (_ name: String?, _ unknown: UInt32) -> Void) {
    guard rawValue != 0 else { return }
    for index in Self.table.indices where rawValue & Self.table[index].bit != 0 {
      body(Self.table[index].name, 0)
    }
    if unknownBits != 0 { body(nil, unknownBits) }
  }
}
