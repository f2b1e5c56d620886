import Records

// Addresses, and what records show field by field.
extension JSONCursor {
  private enum AddressKey: String, CaseIterable {
    case family, address, port
    case flowInfo = "flowinfo"
    case scope = "scope_id"
    case scopeName = "scope_name"
    case path, abstract, raw
  }
  private static let addressKeys = JSONKeys<AddressKey>()

  /// What form an address has is told by its keys, not by its family: AF_UNSPEC has the keys of
  /// the family the socket takes it for.
  mutating func address(depth: Int = 0) throws(JSONFault) -> SocketAddress {
    let start = position
    var keys = AddressParts()
    var isKnown = true
    var key: AddressKey?
    var object = try beginObject()
    while isKnown, try nextMember(&object, Self.addressKeys, &key) {
      switch key {
      case .family: keys.family = try optionalNamed(AddressFamily.init(name:))
      case .address: keys.host = takeNull() ? nil : try text()
      case .port: keys.port = try optionalInteger()
      case .flowInfo: keys.flowInfo = try optionalInteger()
      case .scope: keys.scope = try optionalInteger()
      case .scopeName: keys.scopeName = takeNull() ? nil : contents(of: try text())
      case .path:
        keys.hasPath = true
        keys.path = try optionalText()
      case .abstract:
        keys.hasAbstract = true
        keys.abstract = try optionalText()
      case .raw: keys.raw = takeNull() ? nil : try hex()
      case nil: isKnown = false
      }
    }
    if isKnown, let form = keys.form(self) {
      return SocketAddress(
        family: keys.family, form: form, scopeName: keys.scopeName, raw: keys.raw)
    }
    position = start
    return try addressByFields(depth: depth)
  }

  private enum FieldedKey: String, CaseIterable { case family, raw }
  private static let fieldedKeys = JSONKeys<FieldedKey>()

  private mutating func addressByFields(depth: Int) throws(JSONFault) -> SocketAddress {
    var address = SocketAddress(family: nil, form: .undecoded, raw: nil)
    var fields: [Field] = []
    var key: FieldedKey?
    var object = try beginObject()
    while try nextMember(&object, Self.fieldedKeys, &key) {
      switch key {
      case .family: address.family = try optionalNamed(AddressFamily.init(name:))
      case .raw: address.raw = takeNull() ? nil : try hex()
      case nil: try readField(object.unknown, into: &fields, depth: depth)
      }
    }
    if !fields.isEmpty { address.form = .fields(fields) }
    return address
  }

  private enum NoKey: String, CaseIterable { case none = "" }
  private static let noKeys = JSONKeys<NoKey>()

  /// The value of a control message.
  mutating func fields() throws(JSONFault) -> [Field] {
    var fields: [Field] = []
    var key: NoKey?
    var object = try beginObject()
    while try nextMember(&object, Self.noKeys, &key) {
      try readField(object.unknown, into: &fields, depth: 0)
    }
    return fields
  }

  /// The names of fields are ours, and shown as they stand: what cannot be one is passed over.
  private mutating func readField(
    _ key: JSONText?, into fields: inout [Field], depth: Int
  ) throws(JSONFault) {
    try spend()
    guard let key, !key.isEscaped, bytes.extracting(key.range).isIdentifier else {
      return try skipValue()
    }
    let name = string(of: key)
    let isText = FieldValue.textFields.contains(name)
    fields.append(Field(name, try fieldValue(isText: isText, depth: depth + 1)))
  }

  private mutating func fieldValue(isText: Bool, depth: Int) throws(JSONFault) -> FieldValue {
    guard depth < 32 else { throw fault(.tooDeep) }
    switch next {
    case UInt8(ascii: "\""):
      let text = try text()
      // Whatever the name says, only what is harmless may be shown as it stands.
      let isName = !isText && !text.isEscaped && bytes.extracting(text.range).isName
      return isName ? .name(string(of: text)) : .text(contents(of: text))
    case UInt8(ascii: "["):
      var values: [FieldValue] = []
      var isFirst = true
      try beginList()
      while try hasElement(&isFirst) {
        try spend()
        values.append(try fieldValue(isText: isText, depth: depth + 1))
      }
      return .list(values)
    case UInt8(ascii: "{"):
      if let bits = try bits() { return bits }
      return .address(try address(depth: depth))
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .flag(try flag())
    case UInt8(ascii: "-"): return .number(try integer())
    default: return takeNull() ? .null : .unsigned(try integer())
    }
  }

  private enum BitsKey: String, CaseIterable { case value, names }
  private static let bitsKeys = JSONKeys<BitsKey>()

  /// `{"value":1,"names":["SCTP_UNORDERED"]}`; nil, and nothing read, for another object.
  private mutating func bits() throws(JSONFault) -> FieldValue? {
    let start = position
    var (value, names) = (nil as UInt64?, nil as [String]?)
    var key: BitsKey?
    var object = try beginObject()
    while try nextMember(&object, Self.bitsKeys, &key) {
      switch key {
      case .value: value = try integer()
      case .names:
        let all = try strings()
        names = all.filter { Array($0.utf8).span.isName }
      case nil:
        guard value == nil, names == nil else {
          try skipValue()
          continue
        }
        position = start
        return nil
      }
    }
    guard let value, let names else {
      position = start
      return nil
    }
    return .flags(value, names)
  }
}

/// The keys of an address, before it is known what they make.
private struct AddressParts {
  var family: AddressFamily?
  var host: JSONText?
  var port: UInt32?
  var flowInfo: UInt32?
  var scope: UInt32?
  var scopeName: [UInt8]?
  var hasPath = false
  var path: JSONText?
  var hasAbstract = false
  var abstract: JSONText?
  var raw: [UInt8]?

  /// Nil where they make none of the common forms.
  func form(_ cursor: borrowing JSONCursor) -> SocketAddress.Form? {
    if hasPath || hasAbstract {
      guard hasPath, hasAbstract, host == nil, port == nil, flowInfo == nil, scope == nil else {
        return nil
      }
      return .unix(unixName(cursor))
    }
    guard let host, let port = port.flatMap(UInt16.init(exactly:)), !host.isEscaped else {
      return self.host == nil && port == nil && flowInfo == nil && scope == nil ? .undecoded : nil
    }
    let text = cursor.bytes.extracting(host.range)
    if let flowInfo, let scope {
      return IPv6Address(text).map {
        .inet6(address: $0, port: port, flowInfo: flowInfo, scope: scope)
      }
    }
    guard flowInfo == nil, scope == nil else { return nil }
    return IPv4.address(text).map { .inet(address: $0, port: port) }
  }

  private func unixName(_ cursor: borrowing JSONCursor) -> UnixName {
    if let path {
      let shown = cursor.contents(of: path)
      // struct sockaddr_un: family 0:2, path to its NUL
      return .path(original(of: shown, raw?.dropFirst(2).prefix { $0 != 0 }))
    }
    guard let abstract else { return .unnamed }
    // `@` stands for the NUL in front.
    return .abstract(
      original(of: Array(cursor.contents(of: abstract).dropFirst()), raw?.dropFirst(3)))
  }

  /// A name that is not UTF-8 is shown with U+FFFD; `raw` then has its bytes.
  private func original(of shown: [UInt8], _ bytes: ArraySlice<UInt8>?) -> [UInt8] {
    guard let bytes, Array(String(decoding: bytes, as: UTF8.self).utf8) == shown else {
      return shown
    }
    return Array(bytes)
  }
}

extension FieldValue {
  /// The fields that are text of others', not names of ours, where they are strings: AF_ALG's,
  /// SOCK_PACKET's, and what the tracee's system calls interfaces, users and open files.
  fileprivate static let textFields: Set<String> = [
    "type", "name", "device", "interface", "user", "group", "files",
  ]
}

extension Span where Element == UInt8 {
  /// True for a name as in C.
  fileprivate var isIdentifier: Bool {
    guard (1...64).contains(count) else { return false }
    for index in indices where !self[index].isLetterOrDigit && self[index] != UInt8(ascii: "_") {
      return false
    }
    return true
  }

  /// True for what our names, numbers and addresses are made of.
  fileprivate var isName: Bool {
    for index in indices {
      switch self[index] {
      case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"),
        UInt8(ascii: "+"):
        continue
      default: if !self[index].isLetterOrDigit { return false }
      }
    }
    return true
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool {
    decimalDigit != nil || (0x61...0x7a).contains(self | 0x20)
  }
}
