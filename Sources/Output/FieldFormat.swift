import Records

/// Structures that records show field by field.
extension ByteBuffer {
  /// `,"name":value`, behind other members.
  mutating func append(jsonMember field: Field) {
    append(UInt8(ascii: ","))
    append(json: field)
  }

  /// `{"name":value,"name":value}`.
  mutating func append(jsonObject fields: [Field]) {
    append("{")
    for index in fields.indices {
      if index > 0 { append(UInt8(ascii: ",")) }
      append(json: fields[index])
    }
    append("}")
  }

  private mutating func append(json field: Field) {
    append(jsonString: field.name)
    append(UInt8(ascii: ":"))
    append(json: field.value)
  }

  private mutating func append(json value: FieldValue) {
    switch value {
    case .null: append("null")
    case .flag(let flag): append(json: flag)
    case .number(let number): append(decimal: number)
    case .unsigned(let number): append(decimal: number)
    case .name(let name): append(jsonString: name)
    case .text(let text): append(jsonString: text.span)
    case .bytes(let bytes): append(jsonHex: bytes.span)
    case .hardwareAddress, .ipv4, .ipv6:
      append(UInt8(ascii: "\""))
      append(text: value)
      append(UInt8(ascii: "\""))
    case .pointer(let address): append(json: address)
    case .flags(let number, let names):
      append(#"{"value":"#)
      append(decimal: number)
      append(#","names":"#)
      appendJSONArray(names) { $0.append(jsonString: $1) }
      append("}")
    case .list(let values): appendJSONArray(values) { $0.append(json: $1) }
    case .address(let address): append(json: address)
    }
  }

  /// `cid=2, port=1234`: without what is null or full of it.
  mutating func append(text fields: [Field]) {
    var isFirst = true
    for field in fields where !field.value.isEmpty {
      if !isFirst { append(", ") }
      isFirst = false
      append(verbatim: field.name)
      append("=")
      append(text: field.value)
    }
  }

  private mutating func append(text value: FieldValue) {
    switch value {
    case .null: append("?")
    case .flag(let flag): append(json: flag)
    case .number(let number): append(decimal: number)
    case .unsigned(let number): append(decimal: number)
    case .name(let name): append(verbatim: name)
    case .text(let text): append(quoted: text.span, isCut: false)
    case .bytes(let bytes): append(hex: bytes.span)
    case .hardwareAddress(let bytes):
      for index in bytes.indices {
        if index > 0 { append(":") }
        append(hex: UInt64(bytes[index]), digits: 2)
      }
    case .ipv4(let address): append(ipv4: address)
    case .ipv6(let address): append(ipv6: address)
    case .pointer(let address): append(address)
    case .flags(let number, let names):
      if names.isEmpty { append(decimal: number) }
      for index in names.indices {
        if index > 0 { append("|") }
        append(verbatim: names[index])
      }
    case .list(let values):
      append("[")
      for index in values.indices {
        if index > 0 { append(" ") }
        append(text: values[index])
      }
      append("]")
    case .address(let address): append(text: address)
    }
  }
}

extension FieldValue {
  /// True for null, and for lists of nothing else.
  fileprivate var isEmpty: Bool {
    switch self {
    case .null: true
    case .list(let values): !values.isEmpty && values.allSatisfy { $0 == .null }
    default: false
    }
  }
}
