/// An IPv4 address as a number in host order: 127.0.0.1 is 0x7f000001.
package enum IPv4 {
  /// Parses four decimal numbers with dots between, without leading zeros, which some read as
  /// octal.
  package static func address(_ text: Span<UInt8>) -> UInt32? {
    var address: UInt32 = 0
    var parts = 0
    var index = 0
    while parts < 4 {
      if parts > 0 {
        guard index < text.count, text[index] == UInt8(ascii: ".") else { return nil }
        index += 1
      }
      let start = index
      var part: UInt32 = 0
      while index < text.count, index - start < 3, let digit = text[index].decimalDigit {
        part = part * 10 + UInt32(digit)
        index += 1
      }
      let hasLeadingZero = index - start > 1 && text[start] == UInt8(ascii: "0")
      guard index > start, part < 256, !hasLeadingZero else { return nil }
      address = address << 8 | part
      parts += 1
    }
    return index == text.count ? address : nil
  }

  package static func address(_ text: some StringProtocol) -> UInt32? {
    address(Array(text.utf8).span)
  }
}

extension IPv6Address {
  /// Parses RFC 4291 §2.2 text, without a zone.
  package init?(_ text: Span<UInt8>) {
    // Groups in front of `::`, and behind it.
    var groups: [UInt16] = []
    var gap: Int?
    var index = 0
    if text.count >= 2, text[0] == UInt8(ascii: ":") {
      guard text[1] == UInt8(ascii: ":") else { return nil }
      gap = 0
      index = 2
    }
    while index < text.count {
      guard groups.count < 8 else { return nil }
      let start = index
      var group: UInt16 = 0
      while index < text.count, index - start < 4, let digit = text[index].hexDigit {
        group = group << 4 | UInt16(digit)
        index += 1
      }
      if index < text.count, text[index] == UInt8(ascii: ".") {
        guard groups.count <= 6, let last = IPv4.address(text.extracting(start..<text.count))
        else { return nil }
        groups += [UInt16(last >> 16), UInt16(truncatingIfNeeded: last)]
        break
      }
      guard index > start else { return nil }
      groups.append(group)
      guard index < text.count else { break }
      guard text[index] == UInt8(ascii: ":") else { return nil }
      index += 1
      guard index < text.count else { return nil }
      if text[index] == UInt8(ascii: ":") {
        guard gap == nil else { return nil }
        gap = groups.count
        index += 1
      }
    }
    guard gap == nil ? groups.count == 8 : groups.count < 8 else { return nil }
    groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap ?? 8)
    high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
    low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
  }

  package init?(_ text: some StringProtocol) {
    self.init(Array(text.utf8).span)
  }
}

extension UInt8 {
  /// The value of an ASCII decimal digit.
  package var decimalDigit: UInt8? {
    let value = self &- UInt8(ascii: "0")
    return value < 10 ? value : nil
  }

  /// The value of an ASCII hexadecimal digit of either case.
  package var hexDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
